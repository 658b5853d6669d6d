import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const withNextIntl = createNextIntlPlugin({
  requestConfig: "./app/_server/locale.ts",
  // Messages are parsed when the console is built, so that browsers need not load a parser.
  experimental: { messages: { path: ["./messages/en", "./messages/zh"], locales: "infer", format: "json", precompile: true } },
});

/** Sent with every answer; the Content-Security-Policy carries a nonce and comes from proxy.ts. */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
];

const config: NextConfig = {
  poweredByHeader: false,
  devIndicators: false,
  reactStrictMode: true,
  // `npm run check` looks at the types of the whole checkout; a start need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Native or worker-based: loaded from node_modules, not bundled.
  serverExternalPackages: ["@node-rs/argon2", "pg", "pino", "pino-pretty", "@prisma/adapter-pg"],
  headers: async () => [{ source: "/(.*)", headers: securityHeaders }],
};

export default withNextIntl(config);
