// Replicate's client through Headgate. Needs REPLICATE_API_TOKEN; HEADGATE_URL where the gateway is elsewhere.
import Replicate from "replicate";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const client = new Replicate({ baseUrl: `${headgate}/v1/default/default/replicate`, useFileOutput: false });

// Files in the output are addresses at Replicate's own delivery host: they are fetched from there, not through the gateway.
const output = await client.run("black-forest-labs/flux-schnell", { input: { prompt: "A river at dawn" } });
console.log(JSON.stringify(output));
