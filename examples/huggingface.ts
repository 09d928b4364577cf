// Hugging Face's client through Headgate. Needs HF_TOKEN; HEADGATE_URL where the gateway is elsewhere.
import { InferenceClient } from "@huggingface/inference";

const headgate = process.env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";
const token = process.env["HF_TOKEN"] ?? "";
const base = `${headgate}/v1/default/default/huggingface`;

// Chat, by whichever inference provider Hugging Face picks.
const chat = new InferenceClient(token, { endpointUrl: `${base}/v1` });
const question = {
  model: "meta-llama/Llama-3.1-8B-Instruct",
  messages: [{ role: "user", content: "Name a river." }],
};
const completion = await chat.chatCompletion(question);
console.log(completion.choices[0]?.message.content);

for await (const chunk of chat.chatCompletionStream(question)) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}
console.log();

// Any other task: the model's own path is the endpoint.
const scores = await new InferenceClient(token).textClassification({
  endpointUrl: `${base}/distilbert/distilbert-base-uncased-finetuned-sst-2-english`,
  inputs: "A lovely river.",
});
console.log(scores[0]?.label);
