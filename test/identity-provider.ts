import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** Who signs in at the provider: it asks nothing and answers for this person. */
export interface Person {
  sub: string;
  email: string;
  emailVerified: boolean;
  name: string;
}

export interface IdentityProvider {
  url: string;
  clientId: string;
  clientSecret: string;
  /** Null: the person refuses. */
  person: Person | null;
  close(): Promise<void>;
}

interface Grant {
  person: Person;
  redirectUri: string;
  challenge: string;
  nonce: string | null;
}

/**
 * An OpenID Connect provider, and a GitHub Enterprise server, on one address: as strict as real ones about the client, the
 * redirect address, PKCE and codes that are used twice. `port` 0: a free one.
 */
export async function startIdentityProvider(port = 0): Promise<IdentityProvider> {
  const clientSecret = randomBytes(16).toString("hex");
  const keys = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const grants = new Map<string, Grant>();
  const tokens = new Map<string, Person>();
  const server = createServer((request, response) => void answer(request, response).catch(() => response.writeHead(500).end()));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: IdentityProvider = {
    ...{ url, clientId: "hydra-test", clientSecret, person: null },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? "/", url);
    const json = (body: unknown, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const bearer = tokens.get(request.headers.authorization?.replace(/^bearer /i, "") ?? "");
    switch (address.pathname) {
      case "/.well-known/openid-configuration":
        return void json(discovery(url));
      case "/jwks":
        return void json({ keys: [jwk] });
      case "/authorize":
      case "/login/oauth/authorize":
        return void response.writeHead(302, { location: authorize(address.searchParams) }).end();
      case "/token":
      case "/login/oauth/access_token":
        return void json(...(await exchange(request, address.pathname === "/token")));
      case "/userinfo":
        return void (bearer ? json({ sub: bearer.sub }) : json({}, 401));
      case "/api/v3/user":
        return void (bearer ? json({ id: Number(bearer.sub), login: "someone", name: bearer.name, email: bearer.email }) : json({}, 401));
      case "/api/v3/user/emails":
        return void (bearer ? json([{ email: bearer.email, primary: true, verified: bearer.emailVerified }]) : json({}, 401));
      default:
        return void json({}, 404);
    }
  }

  function authorize(query: URLSearchParams): string {
    const redirectUri = query.get("redirect_uri") ?? "";
    const back = new URL(redirectUri);
    if (query.get("client_id") !== provider.clientId || query.get("code_challenge_method") !== "S256") throw new Error("bad client");
    back.searchParams.set("state", query.get("state") ?? "");
    if (!provider.person) back.searchParams.set("error", "access_denied");
    else {
      const code = randomBytes(16).toString("hex");
      grants.set(code, { person: provider.person, redirectUri, challenge: query.get("code_challenge") ?? "", nonce: query.get("nonce") });
      back.searchParams.set("code", code);
    }
    return back.href;
  }

  async function exchange(request: IncomingMessage, openId: boolean): Promise<[unknown, number]> {
    let text = "";
    for await (const piece of request) text += piece;
    const form = new URLSearchParams(text);
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const client = `Basic ${btoa(`${provider.clientId}:${clientSecret}`)}`;
    if (request.headers.authorization !== client) return [{ error: "invalid_client" }, 401];
    if (!grant || proof !== grant.challenge || form.get("redirect_uri") !== grant.redirectUri) return [{ error: "invalid_grant" }, 400];
    const token = randomBytes(16).toString("hex");
    tokens.set(token, grant.person);
    const answer = { access_token: token, token_type: "bearer", scope: "openid" };
    return [openId ? { ...answer, id_token: await idToken(grant) } : answer, 200];
  }

  function idToken({ person, nonce }: Grant): Promise<string> {
    const { sub, email, emailVerified, name } = person;
    return new SignJWT({ email, email_verified: emailVerified, name, ...(nonce ? { nonce } : {}) })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .setIssuer(url)
      .setSubject(sub)
      .setAudience(provider.clientId)
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(keys.privateKey);
  }

  return provider;
}

function discovery(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
  };
}
