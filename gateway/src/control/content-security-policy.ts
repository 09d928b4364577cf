import { createHash } from "node:crypto";

/**
 * A policy under which a page loads nothing from elsewhere, runs only scripts of its own origin and cannot be framed.
 * Inline `<style>` and `<script>` elements of `html`, which is a file of ours, are allowed by their hashes.
 */
export function contentSecurityPolicy(html: string): string {
  return [
    "default-src 'none'",
    `script-src 'self'${hashesOf(html, /<script>([^]*?)<\/script>/g)}`,
    `style-src 'self'${hashesOf(html, /<style>([^]*?)<\/style>/g)}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function hashesOf(html: string, element: RegExp): string {
  return [...html.matchAll(element)]
    .map(
      (match) =>
        ` 'sha256-${createHash("sha256")
          .update(match[1] ?? "")
          .digest("base64")}'`,
    )
    .join("");
}
