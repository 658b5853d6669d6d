import { connect } from "node:net";
import { expect } from "vitest";

/** A refusal as a client sees it, checked to have the one form that all of them have. */
export interface Refusal {
  status: number;
  code: string;
  param: string | null;
  type: string;
  message: string;
  headers: Headers;
  text: string;
}

export async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text();
  const { error } = JSON.parse(text);
  expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
  expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  return { status: response.status, headers: response.headers, text, ...error };
}

/** Sends bytes as they are and reads until the other side closes. */
export function sendRaw(port: number, text: string, waitMs = 3_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on("data", (piece) => {
      answer += piece;
    });
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.on("error", reject);
  });
}

/** Status and code of an answer that was read as bytes. */
export function rawErrorOf(answer: string): { status: number; code: string } {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head.toLowerCase()).toContain("x-request-id: req_");
  return { status: Number(head.split(" ")[1]), code: JSON.parse(body).error.code };
}
