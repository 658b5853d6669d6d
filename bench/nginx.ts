import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "#test/free-port.ts";
import { type Running, start } from "./processes.ts";

/** An nginx of one process that answers every request with one text. */
export async function startFixedAnswer(dir: string, contentType: string, body: string): Promise<Running> {
  return startNginx(
    dir,
    (port) => `server { listen 127.0.0.1:${port}; default_type ${contentType}; location / { return 200 '${body}'; } }`,
    false,
  );
}

/** An nginx of one process that passes everything on to one port, unbuffered, over kept connections. */
export async function startProxy(dir: string, upstreamPort: number): Promise<Running> {
  return startNginx(
    dir,
    (port) => `upstream instance { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://instance; proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 600s; proxy_set_header Connection ""; }
  }`,
    true,
  );
}

async function startNginx(dir: string, server: (port: number) => string, measured: boolean): Promise<Running> {
  const port = await freePort();
  const home = join(dir, `nginx-${port}`);
  await mkdir(home, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${home}/${kind};`).join(" ");
  const config = `daemon off; master_process off; pid ${home}/pid; error_log ${home}/error.log crit;
worker_rlimit_nofile 60000;
events { worker_connections 25000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; client_max_body_size 16m; client_body_buffer_size 16m; ${temporary}
  ${server(port)}
}
`;
  const file = join(home, "nginx.conf");
  await writeFile(file, config);
  return start({ command: "nginx", args: ["-p", home, "-c", file], port, measured });
}
