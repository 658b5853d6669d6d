/** What a reader can do about a failed answer. */
export type NextStep = "try_again" | "sign_in" | "open_service" | "other_model" | "without_context" | "new_conversation";

const steps: Record<string, NextStep[]> = {
  network: ["try_again"],
  network_lost: ["try_again"],
  sign_in_required: ["sign_in"],
  service_not_ready: ["try_again", "open_service", "other_model"],
  model_not_found: ["other_model"],
  model_not_priced: ["other_model"],
  model_not_allowed: ["other_model"],
  credit_balance_exhausted: ["try_again"],
  context_length_exceeded: ["without_context", "new_conversation"],
  request_too_large: ["without_context", "new_conversation"],
};

/** The steps that help with a failure, the best first. */
export function nextSteps(code: string): NextStep[] {
  return steps[code] ?? ["try_again", "other_model"];
}
