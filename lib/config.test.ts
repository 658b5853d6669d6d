import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, endpointUrl, parseChildConfig, parseConfig, rootDir, variables } from "./config.ts";

test("without any variable everything has its default", () => {
  expect(parseConfig({})).toEqual({
    dataDir: join(rootDir, ".hydra"),
    consolePort: 3000,
    gatewayPort: 8080,
    gatewayWorkers: 1,
    bind: "127.0.0.1",
    domain: "localhost",
    consoleUrl: "http://localhost:3000",
    trustedProxies: [],
    imageHosts: [],
    metricsPort: null,
    currency: "CNY",
    signup: "open",
    signupCredit: 100,
    supportUrl: null,
    mail: null,
    oidc: null,
    github: null,
    secret: null,
    setupToken: null,
    beyondLoopback: false,
    databaseUrl: null,
    databaseDirectUrl: null,
    hfEndpoint: "https://huggingface.co",
    hfToken: null,
    modelscopeEndpoint: "https://www.modelscope.cn",
    logLevel: "info",
    logFormat: "json",
  });
});

test("an empty variable is one that is not set", () => {
  const empty = Object.fromEntries(Object.keys(variables.shape).map((name) => [name, ""]));
  expect(parseConfig(empty)).toEqual(parseConfig({}));
});

test.each([
  ["HF_ENDPOINT", "huggingface.co"],
  ["HF_ENDPOINT", "file:///etc"],
  ["HF_TOKEN", "two words"],
  ["HF_TOKEN", "short"],
  ["MODELSCOPE_ENDPOINT", "ftp://modelscope.cn"],
  ["HYDRA_CONSOLE_PORT", "0"],
  ["HYDRA_CONSOLE_PORT", "65536"],
  ["HYDRA_GATEWAY_PORT", "http"],
  ["HYDRA_GATEWAY_PORT", "80.5"],
  ["HYDRA_DOMAIN", "Example.com"],
  ["HYDRA_DOMAIN", "https://example.com"],
  ["HYDRA_PUBLIC_URL", "example.com"],
  ["HYDRA_PUBLIC_URL", "localhost:3000"],
  ["HYDRA_PUBLIC_URL", "javascript:alert(1)"],
  ["HYDRA_SUPPORT_URL", "javascript:alert(1)"],
  ["HYDRA_CURRENCY", "yuan"],
  ["HYDRA_SIGNUP", "closed"],
  ["HYDRA_SIGNUP_CREDIT", "-5"],
  ["HYDRA_SIGNUP_CREDIT", "0.1"],
  ["HYDRA_SIGNUP_CREDIT", "1000001"],
  ["HYDRA_SECRET", "short"],
  ["HYDRA_SETUP_TOKEN", "short"],
  ["HYDRA_IMAGE_HOSTS", "https://img.example.com"],
  ["HYDRA_IMAGE_HOSTS", "img.example.com/path"],
  ["HYDRA_METRICS_PORT", "0"],
  ["HYDRA_METRICS_PORT", "8080"],
  ["DATABASE_URL", "mysql://localhost/hydra"],
  ["DATABASE_DIRECT_URL", "localhost:5432"],
  ["HYDRA_LOG_LEVEL", "loud"],
  ["HYDRA_LOG_FORMAT", "xml"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => parseConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => parseConfig({ [name]: value })).toThrow(new RegExp(`^${name}: `));
});

test("all that is wrong is told at once, a line each; the values are not, for some are secret", () => {
  const message = (() => {
    try {
      parseConfig({ HYDRA_SECRET: "hunter2", HYDRA_CURRENCY: "yuan", HYDRA_BIND: "0.0.0.0" });
    } catch (error) {
      return (error as Error).message;
    }
  })();
  expect(message?.split("\n")).toHaveLength(2);
  expect(message).not.toContain("hunter2");
});

test("console and gateway cannot share a port", () => {
  expect(() => parseConfig({ HYDRA_CONSOLE_PORT: "8080" })).toThrow(/HYDRA_GATEWAY_PORT.*8080/);
});

test("beyond loopback sign-up is by invitation unless said otherwise", () => {
  for (const bind of ["127.0.0.1", "::1", "localhost"]) {
    expect(parseConfig({ HYDRA_BIND: bind })).toMatchObject({ beyondLoopback: false, signup: "open" });
  }
  expect(parseConfig({ HYDRA_BIND: "0.0.0.0" })).toMatchObject({ beyondLoopback: true, signup: "invite" });
  expect(parseConfig({ HYDRA_PUBLIC_URL: "https://ai.example.com" })).toMatchObject({ beyondLoopback: true, signup: "invite" });
  for (const url of ["http://localhost:8443", "http://127.0.0.1", "http://[::1]:3000"]) {
    expect(parseConfig({ HYDRA_PUBLIC_URL: url })).toMatchObject({ beyondLoopback: false, signup: "open" });
  }
  expect(parseConfig({ HYDRA_BIND: "0.0.0.0", HYDRA_SIGNUP: "open" }).signup).toBe("open");
  expect(parseConfig({ HYDRA_SIGNUP: "invite" }).signup).toBe("invite");
});

test("paths, lists and addresses are put in order", () => {
  expect(parseConfig({ HYDRA_DATA_DIR: "/var/data dir" }).dataDir).toBe("/var/data dir");
  expect(parseConfig({ HYDRA_DATA_DIR: "~/hydra" }).dataDir).toBe(join(homedir(), "hydra"));
  expect(parseConfig({ HYDRA_DATA_DIR: "data" }).dataDir).toBe(join(rootDir, "data"));
  expect(parseConfig({ HYDRA_TRUSTED_PROXIES: " 10.0.0.1, 10.0.0.2 ,," }).trustedProxies).toEqual(["10.0.0.1", "10.0.0.2"]);
  expect(parseConfig({ HYDRA_IMAGE_HOSTS: "img.example.com, 10.0.0.7:9000" }).imageHosts).toEqual(["img.example.com", "10.0.0.7:9000"]);
  expect(parseConfig({ HYDRA_METRICS_PORT: "9100" }).metricsPort).toBe(9100);
  expect(parseConfig({ HYDRA_PUBLIC_URL: "https://ai.example.com//" }).consoleUrl).toBe("https://ai.example.com");
  expect(parseConfig({ HYDRA_SUPPORT_URL: "mailto:help@example.com" }).supportUrl).toBe("mailto:help@example.com");
  expect(parseConfig({ HYDRA_CONSOLE_PORT: "3001" }).consoleUrl).toBe("http://localhost:3001");
  expect(parseConfig({ DATABASE_URL: "postgres://db/h" }).databaseDirectUrl).toBe("postgres://db/h");
});

test("a child process needs a secret and a database", () => {
  const full = { HYDRA_SECRET: "s".repeat(32), DATABASE_URL: "postgresql://db/h" };
  expect(parseChildConfig(full)).toMatchObject({ secret: full.HYDRA_SECRET, databaseDirectUrl: full.DATABASE_URL });
  expect(() => parseChildConfig({ ...full, HYDRA_SECRET: undefined })).toThrow(/HYDRA_SECRET/);
  expect(() => parseChildConfig({ ...full, DATABASE_URL: undefined })).toThrow(/DATABASE_URL/);
});

test("one address on localhost, one for each region of a real domain", () => {
  expect(endpointUrl({ domain: "localhost", gatewayPort: 9090 }, "sh-02")).toBe("http://localhost:9090/v1");
  expect(endpointUrl({ domain: "d.example", gatewayPort: 9090 }, "sh-02")).toBe("https://sh-02.d.example/v1");
  expect(endpointUrl({ domain: "d.example", gatewayPort: 9090 }, null)).toBe("https://chat.d.example/v1");
});

test("mail and sign-in elsewhere are set whole, or not at all", () => {
  expect(parseConfig({ SMTP_URL: "smtp://mail.example.com", HYDRA_DOMAIN: "example.com" }).mail).toEqual({
    smtpUrl: "smtp://mail.example.com",
    from: "Hydra <hydra@example.com>",
  });
  const oidc = { HYDRA_OIDC_ISSUER: "https://login.example.com/", HYDRA_OIDC_CLIENT_ID: "hydra", HYDRA_OIDC_CLIENT_SECRET: "s" };
  expect(parseConfig(oidc).oidc).toEqual({ issuer: "https://login.example.com", clientId: "hydra", clientSecret: "s", name: "SSO" });
  expect(parseConfig({ HYDRA_GITHUB_CLIENT_ID: "a", HYDRA_GITHUB_CLIENT_SECRET: "b" }).github).toMatchObject({ url: "https://github.com" });
  expect(() => parseConfig({ ...oidc, HYDRA_OIDC_CLIENT_SECRET: "" })).toThrow("HYDRA_OIDC_CLIENT_SECRET: must be set too");
  expect(() => parseConfig({ HYDRA_GITHUB_CLIENT_SECRET: "b" })).toThrow("HYDRA_GITHUB_CLIENT_ID: must be set too");
});

test("who signs people in is reached over https, except on loopback", () => {
  const oidc = { HYDRA_OIDC_CLIENT_ID: "hydra", HYDRA_OIDC_CLIENT_SECRET: "s" };
  expect(() => parseConfig({ ...oidc, HYDRA_OIDC_ISSUER: "http://login.example.com" })).toThrow(
    "HYDRA_OIDC_ISSUER: must begin with https://",
  );
  expect(parseConfig({ ...oidc, HYDRA_OIDC_ISSUER: "http://127.0.0.1:9000" }).oidc?.issuer).toBe("http://127.0.0.1:9000");
});
