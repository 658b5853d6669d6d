/** One member of a request or a response; `text` names its sentence in messages under `models.samples.fields`. */
export interface ApiField {
  name: string;
  type: string;
  /** Requests only. */
  required?: boolean;
  text: string;
}

export const requestFields: ApiField[] = [
  { name: "model", type: "string", required: true, text: "model" },
  { name: "messages", type: "array", required: true, text: "messages" },
  { name: "temperature", type: "number", required: false, text: "temperature" },
  { name: "top_p", type: "number", required: false, text: "topP" },
  { name: "max_tokens", type: "integer", required: false, text: "maxTokens" },
  { name: "stop", type: "string | array", required: false, text: "stop" },
  { name: "stream", type: "boolean", required: false, text: "stream" },
  { name: "stream_options", type: "object", required: false, text: "streamOptions" },
];

export const responseFields: ApiField[] = [
  { name: "id", type: "string", text: "id" },
  { name: "created", type: "integer", text: "created" },
  { name: "model", type: "string", text: "answerModel" },
  { name: "choices", type: "array", text: "choices" },
  { name: "choices[].message", type: "object", text: "message" },
  { name: "choices[].message.content", type: "string", text: "content" },
  { name: "choices[].delta", type: "object", text: "delta" },
  { name: "choices[].finish_reason", type: "string", text: "finishReason" },
  { name: "usage", type: "object", text: "usage" },
  { name: "usage.prompt_tokens", type: "integer", text: "promptTokens" },
  { name: "usage.completion_tokens", type: "integer", text: "completionTokens" },
  { name: "usage.total_tokens", type: "integer", text: "totalTokens" },
];
