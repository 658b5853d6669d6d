// The import table of docs/architecture.md, as rules. `npm run check` runs them; bin/checks/imports.test.ts proves them.

const tests = "\\.(test|fixture)\\.tsx?$|/testing/";
/** Code of ours, whichever room. */
const rooms = "^(app|components|lib|gateway|deployer|engine|bin|prisma|test|e2e|bench|proxy\\.ts)";

/**
 * A rule: files of `from` (tests beside them aside) must not import `to`, but for `except`.
 * @param {string} name
 * @param {string} comment the reason, shown beside a violation
 * @param {{ path: string, pathNot?: string }} from
 * @param {{ path: string, pathNot?: string }} to
 */
function forbid(name, comment, from, to) {
  return { name, comment, severity: "error", from: { ...from, pathNot: [tests, from.pathNot].filter(Boolean).join("|") }, to };
}

/** What a room may import of ours, apart from itself. @param {string} room @param {string[]} others */
function onlyOurs(room, others) {
  return { path: rooms, pathNot: [`^${room}/`, ...others].join("|") };
}

const builtin =
  "^(node:)?(assert|child_process|cluster|crypto|dgram|dns|events|fs|http|http2|https|module|net|os|path|process|readline|stream|tls|util|v8|vm|worker_threads|zlib)(/|$)";

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle has no order in which it can be read; move what both sides need into a file of its own.",
      severity: "error",
      from: { pathNot: "^prisma/generated/" },
      to: { circular: true },
    },
    {
      name: "must-resolve",
      comment: "The import names no file and no installed package.",
      severity: "error",
      from: { pathNot: "^prisma/generated/" },
      to: { couldNotResolve: true, pathNot: "^(bun|cloudflare:|virtual:)" },
    },
    {
      name: "only-listed-packages",
      comment: "The package comes with another one and may vanish with it; list it in package.json.",
      severity: "error",
      from: { path: rooms, pathNot: "^prisma/generated/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "tests-are-not-imported",
      comment: "Product code must run without its tests and their helpers.",
      severity: "error",
      from: { path: rooms, pathNot: `${tests}|^(test|e2e|bench)/` },
      to: { path: `${tests}|^(test|e2e|bench)/` },
    },
    forbid(
      "contracts-know-zod-only",
      "The wire's schemas run in browsers and everywhere else.",
      { path: "^lib/contracts/" },
      { path: ".", pathNot: "^lib/contracts/|^lib/errors\\.ts$|node_modules/zod/" },
    ),
    forbid(
      "browsers-load-zod-mini",
      "The whole of zod is half as much script again; import from zod/mini.",
      { path: "^(components|lib/contracts)/", pathNot: "^lib/contracts/openai/" },
      { path: "node_modules/zod/", pathNot: "node_modules/zod/mini/" },
    ),
    forbid("errors-know-nothing", "Every room throws them.", { path: "^lib/errors\\.ts$" }, { path: ".", pathNot: "node_modules/zod/" }),
    forbid(
      "money-is-pure",
      "Amounts are computed alike in browser, gateway and database code.",
      { path: "^lib/money/" },
      { path: ".", pathNot: "^lib/(money|contracts)/|^lib/errors\\.ts$|node_modules/zod/" },
    ),
    forbid(
      "samples-are-pure",
      "Code samples are written in the browser and checked in tests.",
      { path: "^lib/samples/" },
      { path: ".", pathNot: "^lib/(samples|contracts|money)/|^lib/errors\\.ts$|node_modules/zod/" },
    ),
    forbid(
      "lib-knows-no-room",
      "Every room stands on lib; lib stands on none.",
      { path: "^lib/" },
      {
        path: "^(app|components|gateway|deployer|engine|bin)/|^proxy\\.ts$|node_modules/(next|next-auth|next-intl|react|react-dom|server-only)/",
      },
    ),
    forbid(
      "services-know-no-transport",
      "A verb of the domain is called by console, command line and tests alike.",
      { path: "^lib/services/" },
      { path: ".", pathNot: "^lib/|^prisma/generated/|node_modules/(zod|@node-rs/argon2)/|^(node:)?crypto$" },
    ),
    forbid(
      "components-know-contracts-only",
      "What runs in the browser must not reach the server's code.",
      { path: "^components/" },
      onlyOurs("components", ["^lib/(contracts|money|samples)/", "^lib/errors\\.ts$"]),
    ),
    forbid(
      "components-run-in-browsers",
      "A Node module in a component breaks the browser's bundle.",
      { path: "^components/" },
      { path: `${builtin}|node_modules/(pg|undici|pino|server-only|@prisma)/` },
    ),
    forbid(
      "features-know-no-other",
      "Features of the console stay apart; what two share belongs to components/ui, or to components/samples.",
      { path: "^components/([^/]+)/", pathNot: "^components/ui/" },
      { path: "^components/", pathNot: "^components/($1|ui|samples)/" },
    ),
    forbid(
      "ui-knows-no-feature",
      "Primitives carry no words of the domain.",
      { path: "^components/ui/" },
      { path: "^components/", pathNot: "^components/ui/" },
    ),
    forbid(
      "routes-see-verbs-only",
      "Session, scope, database and errors are handled once, in app/_server; a route calls verbs and no more.",
      { path: "^app/", pathNot: "^app/_server/" },
      { path: "^(lib|prisma|gateway|deployer|engine|bin)/", pathNot: "^lib/(contracts|money|services|samples)/|^lib/errors\\.ts$" },
    ),
    forbid(
      "app-server-knows-lib",
      "The console never calls gateway, deployer or engine code.",
      { path: "^app/_server/" },
      onlyOurs("app", ["^lib/", "^components/", "^prisma/generated/"]),
    ),
    forbid(
      "gateway-knows-lib",
      "The data plane runs without console and deployer.",
      { path: "^gateway/" },
      { path: `${rooms}|node_modules/(next|next-auth|react|react-dom)/`, pathNot: "^(gateway|lib)/|^prisma/generated/" },
    ),
    forbid(
      "gateway-database-doors",
      "The request path must not wait for the database: only snapshot and metering reach it.",
      { path: "^gateway/", pathNot: "^gateway/((snapshot|metering)/|main\\.ts$)" },
      { path: "^lib/(db|services)/|^prisma/|node_modules/(pg|@prisma)/" },
    ),
    forbid(
      "deployer-knows-lib",
      "The reconciler runs without console and gateway.",
      { path: "^deployer/" },
      { path: `${rooms}|node_modules/(next|next-auth|react|react-dom)/`, pathNot: "^(deployer|lib)/|^prisma/generated/" },
    ),
    forbid(
      "drivers-know-driver-only",
      "A driver is exchangeable: it sees the driver's interface and its own platform.",
      { path: "^deployer/drivers/([^/]+)/" },
      {
        path: rooms,
        pathNot:
          "^deployer/drivers/($1/|[^/]+\\.ts$)|^deployer/recipes/|^lib/(process-identity|file-lock|errors)\\.ts$|^lib/observability/",
      },
    ),
    forbid(
      "plan-and-recipes-are-pure",
      "What to do is decided without looking at the world, so that it can be tested as a table.",
      { path: "^deployer/(reconcile/plan\\.ts$|recipes/)" },
      {
        path: `${builtin}|^lib/(db|services|observability)/|^deployer/drivers/.+/|node_modules/(pg|undici|@prisma)/`,
        pathNot: "^(node:)?path(/posix)?$",
      },
    ),
    forbid(
      "engine-stands-alone",
      "An instance is a program of its own, started by a command line.",
      { path: "^engine/" },
      { path: `${rooms}|node_modules/(next|react|pg|@prisma)/`, pathNot: "^engine/|^lib/(?!db/|services/)" },
    ),
  ],
  options: {
    // TypeScript 7 has no compiler API to offer, so that swc parses.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(\\.next|\\.hydra|\\.test|vendor)/|^prisma/generated/.+/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
    },
  },
};
