/** Headings of the API's reference, in their order, with what stands below each. */
export const routeTags = {
  Gateways: "A gateway is an address for requests, with settings of its own. An account has any number of them.",
  "Provider keys": "Keys of providers, kept sealed and given to requests that bring none. No key is ever answered.",
  "Custom providers": "Providers of an account's own, under custom- and their slug.",
  Cache: "Answers that were given before.",
  "Custom domains": "Host names that lead to a gateway, whose paths begin with a provider.",
  "Secrets Store": "Secrets by name, kept sealed. No value is ever answered.",
  Datasets: "Selections of logs by filters.",
  Limits: "Limits of requests, tokens, money and concurrency, and the question what a request would meet.",
  Budgets: "Limits of money by the calendar, and what is spent of them.",
  Evaluations: "What datasets can be judged by.",
  Billing: "The product's calls about prepaid credits. Here nothing is sold: there is no balance to see or to raise.",
  Accounts: "Tenants. What one holds no other sees.",
  "Sign-in": "Sessions of people in a browser.",
  People: "Who may sign in, and what they may do in which account.",
  "API tokens": "What programs show to run and to manage gateways. Their text is shown once.",
  "Audit log": "Who changed what and when.",
  Logs: "What went through a gateway, request by request.",
  Configuration: "The settings as a whole: their history, and their form as text.",
  Analytics: "Counts over time.",
  Models: "What can be asked for by name on the REST address.",
  Prices: "What models cost. Prices hold for all accounts.",
  System: "The gateway itself.",
} as const;

/** One of the headings. */
export type RouteTag = keyof typeof routeTags;
