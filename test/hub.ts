import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What a test may do to an answer of the hub or of its file store; undefined: nothing. */
export interface Trouble {
  /** Answer with this instead, e.g. 429. */
  status?: number;
  headers?: Record<string, string>;
  /** Break the connection after so many bytes of the file. */
  cutAfter?: number;
  /** Send other bytes of the same length. */
  garble?: boolean;
  /** Send the whole file whatever range is asked for. */
  ignoreRange?: boolean;
  /** Wait so long before each piece of the file. */
  pieceMs?: number;
  /** Send so many bytes of the file, then nothing more, and hold the connection. */
  stallAfter?: number;
}

export interface HubCall {
  place: "api" | "resolve" | "store";
  path: string;
  range: string | null;
  authorization: string | null;
}

export interface TestHub {
  endpoint: string;
  /** Origin of the store that files are redirected to: another host, as far as a browser or a token is concerned. */
  storeOrigin: string;
  calls: HubCall[];
  /** Files of `<owner>/<name>`; the first listing of a repository makes it exist. */
  put(repository: string, file: string, bytes: Uint8Array, options?: { lfs?: boolean }): void;
  describe(repository: string, facts: { licence?: string; private?: boolean; gated?: boolean }): void;
  /** Decides on each request, in order. */
  trouble: (call: HubCall) => Trouble | undefined;
  close(): Promise<void>;
}

interface Repository {
  files: Map<string, { bytes: Buffer; lfs: boolean }>;
  licence: string;
  private: boolean;
  gated: boolean;
}

/** The token that opens what is private or gated. */
export const hubToken = "hf_test_token_of_an_account";
const commit = "0123456789abcdef0123456789abcdef01234567";
const pieceBytes = 16 * 1024;

/** A hub that speaks the routes of Hugging Face and of ModelScope, with a file store on another port. */
export async function startTestHub(): Promise<TestHub> {
  const repositories = new Map<string, Repository>();
  const calls: HubCall[] = [];
  const storeServer = createServer((request, response) => void serveStore(request, response));
  const storeOrigin = await listen(storeServer);
  const server = createServer((request, response) => void serveHub(request, response));
  const endpoint = await listen(server);
  const hub: TestHub = {
    endpoint,
    storeOrigin,
    calls,
    put(repository, file, bytes, { lfs = true } = {}) {
      repositoryOf(repository).files.set(file, { bytes: Buffer.from(bytes), lfs });
    },
    describe(repository, facts) {
      Object.assign(repositoryOf(repository), facts);
    },
    trouble: () => undefined,
    async close() {
      await Promise.all([server, storeServer].map(end));
    },
  };
  return hub;

  function repositoryOf(name: string): Repository {
    const known = repositories.get(name) ?? { files: new Map(), licence: "apache-2.0", private: false, gated: false };
    repositories.set(name, known);
    return known;
  }

  function note(place: HubCall["place"], request: IncomingMessage): Trouble {
    const { range = null, authorization = null } = request.headers;
    const call = { place, path: request.url ?? "", range, authorization };
    calls.push(call);
    return hub.trouble(call) ?? {};
  }

  function serveHub(request: IncomingMessage, response: ServerResponse): unknown {
    const url = new URL(request.url ?? "/", endpoint);
    const api = url.pathname.startsWith("/api/") && !url.pathname.endsWith("/repo");
    const trouble = note(api ? "api" : "resolve", request);
    if (trouble.status) return response.writeHead(trouble.status, trouble.headers).end();
    if (url.pathname.startsWith("/api/v1/models/")) return serveModelScope(url, response);
    const match = /^(?:\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/]+)|\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+))$/.exec(url.pathname);
    const name = match?.[1] ?? match?.[3] ?? "";
    const repository = repositories.get(name);
    const known = request.headers.authorization === `Bearer ${hubToken}`;
    if (!match || !repository || (repository.private && !known)) {
      return refuse(response, known ? 404 : 401, "RepoNotFound");
    }
    if (![commit, "main"].includes(match[2] ?? match[4] ?? "")) return refuse(response, 404, "RevisionNotFound");
    if (match[1]) return json(response, infoOf(repository));
    if (repository.gated && !known) return refuse(response, 401, "GatedRepo");
    const file = decodeURIComponent(match[5] ?? "");
    const found = repository.files.get(file);
    if (!found) return refuse(response, 404, "EntryNotFound");
    if (!found.lfs) return sendFile(request, response, found.bytes, trouble);
    return response
      .writeHead(302, {
        location: `${storeOrigin}/${name}/${encodeURIComponent(file)}?signature=1`,
        "x-repo-commit": commit,
        "x-linked-size": String(found.bytes.length),
        "x-linked-etag": `"${sha256(found.bytes)}"`,
      })
      .end();
  }

  function serveModelScope(url: URL, response: ServerResponse): unknown {
    const [owner = "", name = "", ...rest] = url.pathname.slice("/api/v1/models/".length).split("/");
    const repository = repositories.get(`${owner}/${name}`);
    if (!repository) return json(response, { Code: 10010205001, Message: "not found", Data: null }, 404);
    if (rest.join("/") === "repo/files") {
      const files = [...repository.files].map(([path, { bytes }]) => ({
        Path: path,
        Type: "blob",
        Size: bytes.length,
        Sha256: sha256(bytes),
      }));
      return json(response, { Code: 200, Success: true, Data: { Files: [{ Path: "docs", Type: "tree" }, ...files] } });
    }
    if (rest.length === 0) return json(response, { Code: 200, Success: true, Data: { License: repository.licence } });
    const file = url.searchParams.get("FilePath") ?? "";
    if (!repository.files.has(file)) return json(response, { Code: 404, Message: "no such file" }, 404);
    return response.writeHead(302, { location: `${storeOrigin}/${owner}/${name}/${encodeURIComponent(file)}` }).end();
  }

  function serveStore(request: IncomingMessage, response: ServerResponse): unknown {
    const trouble = note("store", request);
    if (trouble.status) return response.writeHead(trouble.status, trouble.headers).end();
    const [, owner = "", name = "", file = ""] = new URL(request.url ?? "/", storeOrigin).pathname.split("/");
    const found = repositories.get(`${owner}/${name}`)?.files.get(decodeURIComponent(file));
    if (!found) return response.writeHead(404).end();
    return sendFile(request, response, found.bytes, trouble);
  }
}

function infoOf(repository: Repository): object {
  const siblings = [...repository.files].map(([rfilename, { bytes, lfs }]) => ({
    rfilename,
    size: bytes.length,
    blobId: createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex"),
    ...(lfs ? { lfs: { sha256: sha256(bytes), size: bytes.length, pointerSize: 135 } } : {}),
  }));
  return {
    sha: commit,
    private: repository.private,
    gated: repository.gated ? "manual" : false,
    cardData: { license: repository.licence },
    siblings,
  };
}

function sendFile(request: IncomingMessage, response: ServerResponse, whole: Buffer, trouble: Trouble): unknown {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const bytes = trouble.garble ? Buffer.from(whole.map((byte) => byte ^ 0xff)) : whole;
  if (asked && !trouble.ignoreRange) {
    const from = Number(asked[1]);
    const to = Math.min(asked[2] ? Number(asked[2]) : whole.length - 1, whole.length - 1);
    if (from > to) return response.writeHead(416, { "content-range": `bytes */${whole.length}` }).end();
    response.writeHead(206, { "content-length": to - from + 1, "content-range": `bytes ${from}-${to}/${whole.length}` });
    return pieces(response, bytes.subarray(from, to + 1), trouble);
  }
  response.writeHead(200, { "content-length": whole.length });
  return pieces(response, bytes, trouble);
}

async function pieces(response: ServerResponse, bytes: Buffer, { cutAfter, stallAfter, pieceMs }: Trouble): Promise<void> {
  const end = Math.min(cutAfter ?? bytes.length, stallAfter ?? bytes.length, bytes.length);
  for (let at = 0; at < end && !response.destroyed; at += pieceBytes) {
    if (pieceMs) await new Promise((resolve) => setTimeout(resolve, pieceMs));
    const piece = bytes.subarray(at, Math.min(at + pieceBytes, end));
    await new Promise((resolve) => response.write(piece, resolve));
  }
  if (stallAfter !== undefined) return;
  if (cutAfter !== undefined && cutAfter < bytes.length) response.socket?.end();
  else response.end();
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "x-error-code": code, "x-error-message": code }).end();
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
