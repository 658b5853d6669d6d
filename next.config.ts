import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const withNextIntl = createNextIntlPlugin("./app/_server/locale.ts");

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
