"""OpenAI's Python client through Headgate.

Needs OPENAI_API_KEY; HEADGATE_URL where the gateway is elsewhere.
"""

import os

from openai import OpenAI

headgate = os.environ.get("HEADGATE_URL", "http://127.0.0.1:8787")
client = OpenAI(base_url=f"{headgate}/v1/default/default/openai")

completion = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Name a river."}],
)
print(completion.choices[0].message.content)

stream = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Name another."}],
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
