/** Where samples send their requests. */
export interface SamplePlace {
  /** `https://host:port` of this server. */
  readonly origin: string;
  readonly accountId: string;
  readonly gatewayId: string;
  /** Whether the gateway asks for a token of its own. */
  readonly needsToken: boolean;
}

/** How to send a request, in one language. */
export interface CodeSample {
  readonly client: string;
  readonly language: "Shell" | "TypeScript" | "Python";
  readonly code: string;
}

/** A first request with each client, addressed to this server. */
export function codeSamples(place: SamplePlace): readonly CodeSample[] {
  const base = `${place.origin}/v1/${place.accountId}/${place.gatewayId}`;
  return [
    ...shellSamples(base, place.needsToken),
    ...typeScriptSamples(base, place.needsToken),
    ...fetchSamples(base, place.needsToken),
    ...pythonSamples(base, place.needsToken),
  ].toSorted((left, right) => clients.indexOf(left.client) - clients.indexOf(right.client));
}

const clients = ["curl", "OpenAI", "Anthropic", "Gemini", "Hugging Face", "Replicate", "AI SDK", "Universal endpoint"];

function shellSamples(base: string, needsToken: boolean): readonly CodeSample[] {
  const token = needsToken ? ' \\\n  -H "cf-aig-authorization: Bearer $HEADGATE_TOKEN"' : "";
  return [
    {
      client: "curl",
      language: "Shell",
      code: `curl ${base}/openai/chat/completions \\
  -H "authorization: Bearer $OPENAI_API_KEY"${token} \\
  -H "content-type: application/json" \\
  -d '{"model":"gpt-5-mini","messages":[{"role":"user","content":"Say hello"}]}'`,
    },
    {
      client: "Universal endpoint",
      language: "Shell",
      code: `# The second step is asked when the first one fails.
curl ${base}${token} \\
  -H "content-type: application/json" \\
  -d '[
    {"provider":"openai","endpoint":"chat/completions",
     "headers":{"authorization":"Bearer '"$OPENAI_API_KEY"'"},
     "query":{"model":"gpt-5-mini","messages":[{"role":"user","content":"Say hello"}]}},
    {"provider":"groq","endpoint":"chat/completions",
     "headers":{"authorization":"Bearer '"$GROQ_API_KEY"'"},
     "query":{"model":"llama-3.3-70b-versatile","messages":[{"role":"user","content":"Say hello"}]}}
  ]'`,
    },
  ];
}

const tokenHeaders = '{ "cf-aig-authorization": `Bearer ${process.env.HEADGATE_TOKEN}` }';

const typeScript = (client: string, code: string): CodeSample => ({ client, language: "TypeScript", code });

function typeScriptSamples(base: string, needsToken: boolean): readonly CodeSample[] {
  const token = tokenHeaders;
  const headers = needsToken ? `,\n  defaultHeaders: ${token}` : "";
  const geminiHeaders = needsToken ? `, headers: ${token}` : "";
  return [
    typeScript(
      "OpenAI",
      `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${base}/openai"${headers},
});
const answer = await client.chat.completions.create({
  model: "gpt-5-mini",
  messages: [{ role: "user", content: "Say hello" }],
});
console.log(answer.choices[0].message.content);`,
    ),
    typeScript(
      "Anthropic",
      `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({
  baseURL: "${base}/anthropic"${headers},
});
const answer = await client.messages.create({
  model: "claude-sonnet-4-5",
  max_tokens: 200,
  messages: [{ role: "user", content: "Say hello" }],
});
console.log(answer.content);`,
    ),
    typeScript(
      "Gemini",
      `import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({
  apiKey: process.env.GEMINI_API_KEY,
  httpOptions: { baseUrl: "${base}/google-ai-studio"${geminiHeaders} },
});
const answer = await client.models.generateContent({ model: "gemini-2.5-flash", contents: "Say hello" });
console.log(answer.text);`,
    ),
    typeScript(
      "AI SDK",
      `import { createOpenAI } from "@ai-sdk/openai";
import { generateText } from "ai";

const openai = createOpenAI({
  baseURL: "${base}/openai"${needsToken ? `,\n  headers: ${token}` : ""},
});
const { text } = await generateText({ model: openai("gpt-5-mini"), prompt: "Say hello" });
console.log(text);`,
    ),
  ];
}

/** Clients that take headers only through a `fetch` of one's own. */
function fetchSamples(base: string, needsToken: boolean): readonly CodeSample[] {
  const fetchLine = `const fetchWithToken = (url, init) => {
  const headers = new Headers(init?.headers);
  headers.set("cf-aig-authorization", \`Bearer \${process.env.HEADGATE_TOKEN}\`);
  return fetch(url, { ...init, headers });
};
`;
  return [
    typeScript(
      "Hugging Face",
      `import { InferenceClient } from "@huggingface/inference";

${needsToken ? fetchLine : ""}const client = new InferenceClient(process.env.HF_TOKEN, {
  endpointUrl: "${base}/huggingface/v1"${needsToken ? ",\n  fetch: fetchWithToken" : ""},
});
const answer = await client.chatCompletion({
  model: "meta-llama/Llama-3.1-8B-Instruct",
  messages: [{ role: "user", content: "Say hello" }],
});
console.log(answer.choices[0].message.content);`,
    ),
    typeScript(
      "Replicate",
      `import Replicate from "replicate";

${needsToken ? fetchLine : ""}const client = new Replicate({
  auth: process.env.REPLICATE_API_TOKEN,
  baseUrl: "${base}/replicate"${needsToken ? ",\n  fetch: fetchWithToken" : ""},
});
console.log(await client.run("meta/meta-llama-3-8b-instruct", { input: { prompt: "Say hello" } }));`,
    ),
  ];
}

function pythonSamples(base: string, needsToken: boolean): readonly CodeSample[] {
  const token = `{"cf-aig-authorization": "Bearer " + os.environ["HEADGATE_TOKEN"]}`;
  const os = needsToken ? "import os\n" : "";
  const headers = needsToken ? `,\n    default_headers=${token}` : "";
  const sample = (client: string, code: string): CodeSample => ({ client, language: "Python", code });
  return [
    sample(
      "OpenAI",
      `${os}from openai import OpenAI

client = OpenAI(
    base_url="${base}/openai"${headers},
)
answer = client.chat.completions.create(
    model="gpt-5-mini",
    messages=[{"role": "user", "content": "Say hello"}],
)
print(answer.choices[0].message.content)`,
    ),
    sample(
      "Anthropic",
      `${os}from anthropic import Anthropic

client = Anthropic(
    base_url="${base}/anthropic"${headers},
)
answer = client.messages.create(
    model="claude-sonnet-4-5",
    max_tokens=200,
    messages=[{"role": "user", "content": "Say hello"}],
)
print(answer.content)`,
    ),
    sample(
      "Gemini",
      `import os
from google import genai
from google.genai import types

client = genai.Client(
    api_key=os.environ["GEMINI_API_KEY"],
    http_options=types.HttpOptions(base_url="${base}/google-ai-studio"${needsToken ? `, headers=${token}` : ""}),
)
print(client.models.generate_content(model="gemini-2.5-flash", contents="Say hello").text)`,
    ),
    sample(
      "Hugging Face",
      `import os
from huggingface_hub import InferenceClient

client = InferenceClient(
    base_url="${base}/huggingface/v1",
    api_key=os.environ["HF_TOKEN"]${needsToken ? `,\n    headers=${token}` : ""},
)
answer = client.chat_completion(
    model="meta-llama/Llama-3.1-8B-Instruct",
    messages=[{"role": "user", "content": "Say hello"}],
)
print(answer.choices[0].message.content)`,
    ),
    sample(
      "Replicate",
      `import os
import replicate

client = replicate.Client(
    api_token=os.environ["REPLICATE_API_TOKEN"],
    base_url="${base}/replicate"${needsToken ? `,\n    headers=${token}` : ""},
)
print("".join(client.run("meta/meta-llama-3-8b-instruct", input={"prompt": "Say hello"})))`,
    ),
  ];
}
