/** What Python's `openai` before 1.0 sends; `base` is the endpoint without `/v1`. */
export function oldPythonCompletion({ base, accessName, apiKey }: { base: string; accessName: string; apiKey: string }): string {
  return `import openai

openai.api_key = "${apiKey}"
openai.api_base = "${base}"

response = openai.Completion.create(
    model="${accessName}",
    prompt="What is your name?",
)

print(response.choices[0].text)`;
}
