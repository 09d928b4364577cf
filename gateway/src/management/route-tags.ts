/** Headings of the API's reference, in their order, with what stands below each. */
export const routeTags = {
  Gateways: "A gateway is an address for requests, with settings of its own. An account has any number of them.",
  Logs: "What went through a gateway, request by request.",
  Analytics: "Counts over time.",
  Prices: "What models cost. Prices hold for all accounts.",
  System: "The gateway itself.",
} as const;

/** One of the headings. */
export type RouteTag = keyof typeof routeTags;
