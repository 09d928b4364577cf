"""Asks OpenAI, and Hugging Face when OpenAI fails, with nothing but Python's own library.

Needs OPENAI_API_KEY and HF_TOKEN; HEADGATE_URL where the gateway is elsewhere.
"""

import json
import os
import urllib.request

HEADGATE = os.environ.get("HEADGATE_URL", "http://127.0.0.1:8787")
messages = [{"role": "user", "content": "Name a river."}]
steps = [
    {
        "provider": "openai",
        "endpoint": "chat/completions",
        "headers": {"authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        "query": {"model": "gpt-4o-mini", "messages": messages},
        "config": {"maxAttempts": 2, "retryDelay": 200, "requestTimeout": 10_000},
    },
    {
        "provider": "huggingface",
        "endpoint": "v1/chat/completions",
        "headers": {"authorization": f"Bearer {os.environ['HF_TOKEN']}"},
        "query": {"model": "meta-llama/Llama-3.1-8B-Instruct", "messages": messages},
    },
]

request = urllib.request.Request(
    f"{HEADGATE}/v1/default/default",
    data=json.dumps(steps).encode(),
    headers={"content-type": "application/json"},
)
with urllib.request.urlopen(request, timeout=60) as answer:
    answered_by = steps[int(answer.headers["cf-aig-step"])]["provider"]
    print(f"{answered_by}: {json.load(answer)['choices'][0]['message']['content']}")
