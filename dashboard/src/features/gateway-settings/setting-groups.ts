import type { Gateway } from "../../api/generated/operations.ts";

/** One setting of a gateway as people see it; its kind and bounds are the API's. */
export interface Setting {
  readonly name: keyof Gateway & string;
  readonly label: string;
  /** Beside the label: "seconds". */
  readonly unit?: string;
  readonly hint?: string;
  /** Words for the values of a choice; null has the key "". */
  readonly words?: Readonly<Record<string, string>>;
  /** Whether it is written on several lines. */
  readonly isLong?: boolean;
}

/** Settings that belong together. */
export interface SettingGroup {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly settings: readonly Setting[];
}

/** Every setting that has an effect and is a plain value, in the product's groups. */
export const settingGroups: readonly SettingGroup[] = [
  {
    id: "logs",
    title: "Logs and retention",
    lead: "What is kept of requests, and for how long. Whatever bound is reached first counts.",
    settings: [
      { name: "collect_logs", label: "Keep logs", hint: "Analytics count every request all the same." },
      { name: "log_management", label: "Most logs kept", hint: "10,000 to 10,000,000; empty for no bound." },
      {
        name: "log_management_strategy",
        label: "At that bound",
        words: {
          "": "As the server does by default",
          STOP_INSERTING: "Keep no more logs",
          DELETE_OLDEST: "Delete the oldest",
        },
      },
      { name: "log_max_age_days", label: "Logs are kept", unit: "days", hint: "Empty for good." },
      { name: "log_max_bytes", label: "Room for logs", unit: "bytes", hint: "The oldest go. Empty for no bound." },
      {
        name: "log_body_max_age_days",
        label: "Bodies are kept",
        unit: "days",
        hint: "Requests and answers themselves. Empty for as long as their logs.",
      },
      {
        name: "log_body_max_bytes",
        label: "Room for bodies",
        unit: "bytes",
        hint: "The oldest go. Empty for no bound.",
      },
    ],
  },
  {
    id: "retries",
    title: "Retries",
    lead: "What happens when a provider fails before it answers.",
    settings: [
      { name: "retry_max_attempts", label: "Total tries", hint: "1 to 5; empty for one." },
      { name: "retry_delay", label: "First pause", unit: "milliseconds", hint: "0 to 60,000." },
      {
        name: "retry_backoff",
        label: "Pauses after it",
        words: {
          "": "By default",
          constant: "Equally long",
          linear: "Longer by the first each time",
          exponential: "Twice as long each time",
        },
      },
    ],
  },
  {
    id: "access",
    title: "Authentication",
    lead: "Who may send requests, and with whose keys.",
    settings: [
      { name: "authentication", label: "Requests need a token", hint: "Sent as cf-aig-authorization." },
      {
        name: "byok_only",
        label: "Requests need a provider key",
        hint: "One of their own or one stored here; without, they are refused.",
      },
    ],
  },
  {
    id: "cache",
    title: "Cache",
    lead: "Whether equal requests are answered once.",
    settings: [
      { name: "cache_ttl", label: "Answers are kept", unit: "seconds", hint: "Empty or 0 for no cache." },
      { name: "cache_invalidate_on_update", label: "Forget them when this gateway is changed" },
      {
        name: "cache_semantic",
        label: "Also for questions that are this much alike",
        hint: "0.5 to 1, such as 0.8; empty for equal requests alone.",
      },
      {
        name: "cache_stale_while_revalidate",
        label: "Beyond that, served while a new one is got",
        unit: "seconds",
        hint: "Empty for not at all.",
      },
      {
        name: "cache_stale_if_error",
        label: "Beyond that, served when the provider fails",
        unit: "seconds",
        hint: "Empty for not at all.",
      },
    ],
  },
  {
    id: "rate-limit",
    title: "Rate limit",
    lead: "How many requests the gateway takes in a window of time.",
    settings: [
      { name: "rate_limiting_limit", label: "Requests", hint: "Empty or 0 for no limit." },
      { name: "rate_limiting_interval", label: "Window", unit: "seconds" },
      {
        name: "rate_limiting_technique",
        label: "Windows",
        words: { "": "By default", fixed: "Follow one another", sliding: "Slide along" },
      },
    ],
  },
  {
    id: "logpush",
    title: "Logpush",
    lead: "Whether logs are pushed to the targets that headgate.yaml names for the account.",
    settings: [
      { name: "logpush", label: "Push logs" },
      {
        name: "logpush_public_key",
        label: "Public key",
        hint: "RSA in PEM. With one, what is pushed can be read only with its private key.",
        isLong: true,
      },
    ],
  },
];
