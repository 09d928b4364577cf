import { chmodSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext } from "./bench-context.ts";
import { freePort, launch } from "./target.ts";
import type { Target } from "./target.ts";

/** nginx with one worker and `proxy_pass`, nothing logged, set up for streams as its manual advises. */
export const nginxTarget: Target = {
  name: "nginx",
  prepare: async () => (nginxPath() === null ? "nginx is neither on PATH nor in /usr/sbin" : null),
  async start(context) {
    const folder = mkdtempSync(join(context.folder, "nginx-"));
    // Started by root, nginx gives its worker another user, who has to get at the temporary files below.
    chmodSync(context.folder, 0o755);
    chmodSync(folder, 0o755);
    const port = freePort();
    const configPath = join(folder, "nginx.conf");
    await Bun.write(configPath, nginxConfig(context, { folder, port }));
    return await launch(context, {
      name: "nginx",
      port,
      path: "/v1/chat/completions",
      headers: {},
      dataDirectory: null,
      process: {
        command: [nginxPath() ?? "nginx", "-p", folder, "-e", join(folder, "error.log"), "-c", configPath],
        cores: context.cores.proxy,
      },
    });
  },
};

/** The version nginx tells, or null when it is not there. */
export function nginxVersion(): string | null {
  const path = nginxPath();
  if (path === null) return null;
  return /nginx\/(\S+)/.exec(Bun.spawnSync([path, "-v"]).stderr.toString())?.[1] ?? null;
}

function nginxPath(): string | null {
  return Bun.which("nginx") ?? Bun.which("/usr/sbin/nginx");
}

function nginxConfig(context: BenchContext, place: { readonly folder: string; readonly port: number }): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `  ${kind}_temp_path ${join(place.folder, kind)};`,
  );
  return `
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${join(place.folder, "nginx.pid")};
events { worker_connections 8192; }
http {
${temporary.join("\n")}
  access_log off;
  client_max_body_size 0;
  keepalive_requests 100000000;
  upstream provider {
    server 127.0.0.1:${context.upstreamPort};
    keepalive 1024;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${place.port} backlog=4096;
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_buffer_size 16k;
      proxy_buffers 8 16k;
    }
  }
}
`;
}
