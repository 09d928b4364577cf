import { z } from "zod";

/** Names of roles, as `access/roles.ts` has them. */
const role = z.enum(["owner", "admin", "developer", "viewer", "billing"]);

const LOOPBACK_ISSUER = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?(?:\/|$)/;

const issuer = z.url({ protocol: /^https?$/ }).superRefine((text, context) => {
  if (text.startsWith("https:") || LOOPBACK_ISSUER.test(text)) return;
  context.addIssue({ code: "custom", message: "expected an https URL; http is for this machine alone" });
});

const secretReference = z.string().regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, {
  error: "expected a reference, env:NAME or file:PATH",
});

const oidc = z
  .strictObject({
    name: z.string().min(1).max(60).default("Single sign-on").meta({ description: "What people are shown." }),
    issuer: issuer.meta({ description: "URL of the provider, https, or http on this machine." }),
    client_id: z.string().min(1).max(512).meta({ description: "Id under which the provider knows this gateway." }),
    client_secret: secretReference
      .nullable()
      .default(null)
      .meta({ description: "Reference of the secret, `env:NAME` or `file:PATH`; null for a public client." }),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
      .max(20)
      .default(["openid", "email", "profile"])
      .meta({ description: "What is asked of the provider; `openid` is always among it." }),
    groups_claim: z
      .string()
      .min(1)
      .max(256)
      .default("groups")
      .meta({ description: "Claim that lists a person's groups." }),
    roles: z
      .record(
        z.string().min(1),
        z
          .record(
            z.string().regex(/^(?:\*|[A-Za-z0-9][A-Za-z0-9_-]{0,63})$/),
            role.meta({ title: "account", description: "Role in this account; `*` stands for all." }),
          )
          .meta({ title: "group", description: "Roles of a group by account." }),
      )
      .nullable()
      .default(null)
      .meta({
        description:
          "Roles by group, decided anew at each sign-in; who is in none of them is refused. Null leaves roles as they are managed here.",
      }),
    allowed_domains: z
      .array(z.string().regex(/^[a-z0-9.-]+$/i))
      .max(1000)
      .default([])
      .meta({ description: "Domains of e-mail addresses that may come in; empty for all." }),
    require_verified_email: z
      .boolean()
      .default(true)
      .meta({ description: "Whether the provider has to say that it verified the address." }),
  })
  .meta({ title: "oidc" });

/** How people sign in beside passwords. */
export const signInSchema = z.strictObject({
  oidc: oidc
    .nullable()
    .default(null)
    .meta({ description: "An identity provider that speaks OpenID Connect; null for none." }),
});
