// Google's client through Headgate. Needs GEMINI_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import { GoogleGenAI } from "@google/genai";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const client = new GoogleGenAI({
  apiKey: process.env["GEMINI_API_KEY"] ?? "",
  httpOptions: { baseUrl: `${headgate}/v1/default/default/google-ai-studio` },
});

const answer = await client.models.generateContent({ model: "gemini-2.5-flash", contents: "Name a river." });
console.log(answer.text);

const stream = await client.models.generateContentStream({ model: "gemini-2.5-flash", contents: "Name another." });
for await (const piece of stream) process.stdout.write(piece.text ?? "");
console.log();
