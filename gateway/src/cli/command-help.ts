const exitStatuses = `EXIT STATUS

   0  ended as asked
   1  headgate doctor found problems
  64  the command line was not understood
  65  the master key is missing, wrong, or may be read by others; a backup is damaged
  66  nothing to read: no journal, no such log
  69  port or data directory in use, or no gateway reached
  70  unforeseen failure
  73  data directory or output file cannot be written to
  77  no permission for the port or from the gateway
  78  problems in the configuration
`;

const environment = `ENVIRONMENT

  HOST, PORT             address to listen on (127.0.0.1, 8787; PORT=0 takes a free port)
  HEADGATE_CONFIG        configuration file (headgate.yaml, if present)
  HEADGATE_DATA          directory for everything kept (./data)
  HEADGATE_WORKERS       worker processes (processor cores; 0 runs everything in one process)
  HEADGATE_ALLOW_OPEN    true lets others reach gateways that ask for no token
  HEADGATE_URL           running gateway that logs and prices ask (http://HOST:PORT)
  HEADGATE_ADMIN_TOKEN   token of the management API
  HEADGATE_MASTER_KEY    master key of stored secrets (master.key in the data directory)
`;

const helpByCommand: Readonly<Record<string, string>> = {
  headgate: `EXAMPLES

  headgate                          serve with headgate.yaml and the environment
  PORT=9000 headgate                serve on another port
  headgate tail --failed            watch what goes wrong
  headgate logs --since 1h          find what went wrong
  headgate config check             look before restarting
  headgate import litellm FILE      move from another gateway

${environment}
${exitStatuses}`,
  "headgate serve": `EXAMPLES

  headgate serve
  HOST=0.0.0.0 PORT=80 headgate serve
  HEADGATE_CONFIG=/etc/headgate.yaml HEADGATE_DATA=/var/lib/headgate headgate serve

SIGTERM and SIGINT stop it: nothing new is accepted and running exchanges get timeouts.shutdown_ms to end.
A second signal ends them at once.

${environment}
${exitStatuses}`,
  "headgate tail": `EXAMPLES

  headgate tail                                 new records as they come
  headgate tail --since-start --limit 20        the oldest twenty that are kept
  headgate tail --failed --provider openai      what fails at one provider
  headgate tail --status 429,5xx                by status
  headgate tail --json | jq .usage              one JSON object a line, for programs

A line tells: time, status, provider/model, path, tokens in>out, time to first byte, duration, outcome.
The data directory is found as by serve: HEADGATE_DATA, or ./data.
`,
  "headgate logs": `EXAMPLES

  headgate logs                                     the newest twenty
  headgate logs --failed --since 1h -f              what failed in the last hour, and what fails from now on
  headgate logs --model claude --min-cost 0.10      what was dear
  headgate logs --metadata user=u42 --search refund what one user asked about refunds
  headgate logs --status 429,5xx --provider openai  by status
  headgate logs --json --since 1d | jq .cost        one JSON object a line, for programs
  headgate logs --csv --bodies > logs.csv           everything, for a spreadsheet

A line tells: time, status, provider/model, path, tokens in>out (~ for estimated), time to first byte, duration,
cost, outcome, log id. Logs are asked of a running gateway: HEADGATE_URL, or HOST and PORT as for serve;
HEADGATE_ADMIN_TOKEN is its token, if it has one. A gateway shows its logs about a second after they happen.
`,
  "headgate logs decrypt": `EXAMPLES

  headgate logs decrypt --key private.pem 2026-11-22-*.ndjson.gz > logs.ndjson
  zcat logs.ndjson.gz | headgate logs decrypt --key private.pem | jq .Metadata

Reads files that Logpush wrote, gzip or plain, and stdin where none is named. Lines that cannot be decrypted are told
on stderr; exit status 66 when there is one.
`,
  "headgate prices": `EXAMPLES

  headgate prices --provider openai --model gpt-4o      what a model costs now, and where that price is from
  headgate prices --provider openai --model gpt-4o --at 2026-01-31
  headgate prices unpriced --since 30d                  models that were used and have no price
  headgate prices set --provider openai --model my-model --input 1.25 --output 10

Prices are asked of a running gateway: HEADGATE_URL, or HOST and PORT as for serve; HEADGATE_ADMIN_TOKEN is its
token, if it has one.
`,
  "headgate prices set": `EXAMPLES

  headgate prices set --provider openai --model my-model --input 1.25 --output 10
  headgate prices set --provider custom-gpu --model 'llama*' --input 0.2 --output 0.2 --from 2027-01-01

Every worker uses the price within a second. What is recorded keeps its cost. Further prices (caches, audio, requests)
are set through POST /api/prices/overrides.
`,
  "headgate import": `EXAMPLES

  headgate import litellm config.yaml > headgate.yaml
  headgate import cloudflare gateways.json --out headgate.yaml
  headgate import portkey config.json --gateway prod

Prints headgate.yaml on stdout, or writes the file that --out names, and tells on stderr of every line of the source
what became of it. Secrets are never copied: they become references to variables, which are listed with what to set.
`,
  "headgate import cloudflare": `EXAMPLES

  headgate import cloudflare gateways.json --out headgate.yaml
  terraform show -json | headgate import cloudflare - > headgate.yaml

Takes what the API answers (a gateway, a list, or {"gateways": …, "custom_providers": …, "provider_configs": …}),
and terraform's JSON: configuration, state or plan. - is stdin.
`,
  "headgate import litellm": `EXAMPLES

  headgate import litellm config.yaml --out headgate.yaml
  headgate import litellm config.yaml --gateway prod > headgate.yaml

Deployments become providers, stored keys and prices; deployments of one name at one provider a pool of keys.
`,
  "headgate import portkey": `EXAMPLES

  headgate import portkey config.json --out headgate.yaml

Takes a config, or what the admin API answers. Strategies become requests for clients to send, which are shown.
`,
  "headgate keys": `EXAMPLES
  headgate keys status
  headgate keys rotate

The data directory is found as by serve: HEADGATE_DATA, or ./data.
`,

  "headgate keys rotate": `EXAMPLES
  headgate keys rotate                                          a new key in master.key
  HEADGATE_NEW_MASTER_KEY=$(openssl rand -hex 32) headgate keys rotate
  headgate keys rotate --to-file                                from HEADGATE_MASTER_KEY to master.key

Stop the gateway first. Every stored secret is sealed anew under the new key, in one step; the old key stays until that is
on the disk. API tokens and sessions stay valid. What is broken off, by a loss of power for instance, is ended by the next
start, or by the same command.
`,

  "headgate doctor": `EXAMPLES

  headgate doctor                      before a start, and while it serves
  headgate doctor --offline            connects to no provider
  headgate doctor --only port,disk     these checks alone
  headgate doctor --json | jq '.findings[] | select(.level != "ok")'

One line for each finding: ok, warning or problem, and below it what to do. Changes nothing; exit status 1 when there is a problem.
Run it as the user of the gateway, in its working directory and with its variables.
`,
  "headgate backup": `EXAMPLES

  headgate backup /backups/monday.tar
  headgate backup --with-master-key /safe/monday.tar
  headgate backup /backups/monday                    a directory

While the gateway serves, or stands. Databases are copied as of one moment, with the part of the journal that is not in them yet. Without
--with-master-key the file opens no stored secret: keep master.key, or HEADGATE_MASTER_KEY, somewhere else. headgate.yaml is not in it.
`,
  "headgate restore": `EXAMPLES

  HEADGATE_DATA=/var/lib/headgate headgate restore /backups/monday.tar
  headgate restore --force /backups/monday.tar       what is there is moved aside first

Stop the gateway first. The backup is checked whole before anything changes; a restore that is killed is ended by the next start.
`,
  "headgate users": `EXAMPLES

  headgate users add --email ada@example.com --role owner          asks for a password
  printf %s "$PASSWORD" | headgate users add --email bo@example.com --role viewer --account acme
  headgate users add --email cy@example.com --role developer --no-password    signs in at the identity provider
  headgate users
  headgate users password --email ada@example.com
  headgate users remove --email bo@example.com

Roles are owner, admin, developer, viewer and billing, in one account or, without --account, in all.
`,
  "headgate tokens": `EXAMPLES

  headgate tokens create --name app --account default                 runs its gateways
  headgate tokens create --name ci --account default --group "AI Gateway Read" --expires 90d
  headgate tokens create --name bot --account default --gateway prod --model "gpt-4o*"
  headgate tokens create --name ops --group "Headgate Owner"          of all accounts
  headgate tokens --account default
  headgate tokens revoke --account default ID

A token's text is printed once, alone on stdout. Without --group it may run gateways (AI Gateway Run) and nothing else.
`,
  "headgate config": `EXAMPLES

  headgate config check
  headgate config schema > headgate.schema.json
  headgate config export > settings.yaml
  headgate config diff settings.yaml
  headgate config apply settings.yaml
  headgate config history
  headgate config rollback 12

check and schema look at files. The others ask the gateway of this configuration, or the one HEADGATE_URL names.
`,
  "headgate config diff": `EXAMPLES

  headgate config diff settings.yaml
  headgate config diff --prune settings.yaml

+ is made, ~ is changed, - is removed. Nothing is changed yet.
`,
  "headgate config apply": `EXAMPLES

  headgate config apply settings.yaml
  headgate config export | sed s/200/500/ | headgate config apply -

The file may hold accounts alone. All of it counts in every worker within a second, or nothing of it. Accounts that it does
not name stay as they are; gateways and providers that it does not name stay too, unless --prune is given. What
headgate.yaml itself declares is changed there.
`,
  "headgate config export": `EXAMPLES

  headgate config export > settings.yaml
  headgate config export --account acme

Keys, tokens and people are not in it.
`,
  "headgate config history": `EXAMPLES

  headgate config history
  headgate config history --limit 100 --json

Each version with its time, who made it and what it changed. Changes of headgate.yaml are versions too.
`,
  "headgate config rollback": `EXAMPLES

  headgate config rollback 12 --dry-run
  headgate config rollback 12

Makes a new version in which accounts, gateways, custom providers and domains and datasets are what they were. Tokens,
people, keys and secrets stay as they are.
`,
  "headgate config check": `EXAMPLES

  headgate config check
  HEADGATE_CONFIG=new.yaml headgate config check && echo good

Prints every problem with file, line, key and what was expected; exit status 78 when there is one.
`,
  "headgate config schema": `EXAMPLES

  headgate config schema > headgate.schema.json

Editors that know YAML use it by a first line in headgate.yaml:
  # yaml-language-server: $schema=./headgate.schema.json
`,
};

/** Examples and details of a command, printed below its usage; empty for commands that need none. */
export function commandHelp(commandPath: string): string {
  return helpByCommand[commandPath] ?? "";
}
