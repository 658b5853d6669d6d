import { Agent, request } from "undici";
import { z } from "zod";

const healthAnswer = z.object({ status: z.enum(["ok", "loading"]), nonce: z.string() });

/** `missed`: no answer in time, a wrong one, or one from somebody else. */
export type Health = "ok" | "loading" | "missed";

const limitMs = 2_000;

/** Asks engines how they are, each answer by its own connection limit so that a hung one holds up nobody else. */
export function createHealthCheck(): { ask(endpoint: string, token: string, nonce: string): Promise<Health>; close(): void } {
  const agent = new Agent({ connect: { timeout: limitMs }, headersTimeout: limitMs, bodyTimeout: limitMs, maxResponseSize: 4_096 });
  return {
    async ask(endpoint, token, nonce) {
      try {
        const answer = await request(`${endpoint}/health`, {
          dispatcher: agent,
          headers: { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(limitMs),
        });
        const health = healthAnswer.parse(await answer.body.json());
        // Another process may have taken the port; only ours knows the nonce.
        if (health.nonce !== nonce) return "missed";
        if (health.status === "loading") return "loading";
        return answer.statusCode === 200 ? "ok" : "missed";
      } catch {
        return "missed";
      }
    },
    close() {
      void agent.destroy();
    },
  };
}
