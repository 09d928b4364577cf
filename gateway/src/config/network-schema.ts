import { z } from "zod";
import { allowanceFault } from "../core/address-policy.ts";
import { parseIpRange } from "../core/ip-address.ts";
import { section } from "./section.ts";

/** Which addresses are believed, and which may be reached. */
export const network = section(
  "What settings made through the API (custom providers, webhooks) may reach beyond https at public addresses. What this file declares is not held to it.",
  {
    allow_private: z
      .array(
        z.string().superRefine((value, context) => {
          const fault = allowanceFault(value);
          if (fault !== null) context.addIssue({ code: "custom", message: fault });
        }),
      )
      .max(1000)
      .default([])
      .meta({
        description:
          "Addresses, ranges such as `10.0.0.0/8`, host names and `*.` host names that may be reached although they are not public. A host name allows private, loopback and carrier NAT addresses behind it; link-local, metadata and reserved ones take a range.",
      }),
    allow_http: z.boolean().default(false).meta({ description: "Whether `http:` URLs are allowed too." }),
    trusted_proxies: z
      .array(z.string().refine((text) => parseIpRange(text) !== null, { error: "expected an address or a range" }))
      .max(1000)
      .default([])
      .meta({
        description:
          "Addresses and ranges of proxies in front whose `x-forwarded-for` tells where a client is; tokens bound to addresses and sign-ins go by it.",
      }),
  },
);
