import type { Database } from "bun:sqlite";
import { firstSequence } from "../../src/stores/sqlite/log-sequence.ts";
import { metadataWord } from "../../src/stores/sqlite/metadata-words.ts";
import { gatewayWord } from "../../src/stores/sqlite/search-words.ts";
import { sampleId, sampleStartMs } from "./sample-log.ts";

/** What a version of the tables was first to keep, and how it wrote it: SQL of its own, so that later code changes nothing of it. */
export interface VersionFixture {
  /** First 16 hexadecimal digits of the SHA-256 of the step that leads to this version. A step that has been released never changes. */
  readonly stepHash: string;
  /** Writes what the version was first to keep into a database of exactly this version. */
  readonly fill: (database: Database) => void;
}

/** The log that `fill` of version 1 writes, and those that later versions add a column to. */
export const oldLogId: (version: number) => string = (version) => sampleId(version);

const detail = JSON.stringify({
  requestId: "0190c6f0-0000-7000-8000-000000000002",
  answerModel: "gpt-4o-mini",
  traceId: "0190c6f000007000800000000000000a",
  step: 0,
  attempt: 1,
  method: "POST",
  requestSizeBytes: 812,
  responseSizeBytes: 1430,
  errorCode: null,
  cause: null,
  cacheStatus: "MISS",
  streamed: false,
  timeToFirstByteMs: 231.5,
  overheadMs: 0.4,
  usage: { inputTokens: 12, outputTokens: 34, totalTokens: 46 },
  isUsageEstimated: false,
  priceVersion: "2026-09-23",
  requestHeaders: {},
  responseHeaders: {},
  parentSpanId: null,
  isLogged: true,
});

/** Columns of `logs` in version 1; later ones were added behind them. */
function insertLog(database: Database, version: number, added: Readonly<Record<string, string>> = {}): void {
  const id = oldLogId(version);
  const sequence = firstSequence(id) as number;
  const names = Object.keys(added).map((name) => `, ${name}`);
  const values = Object.values(added).map((value) => `, '${value}'`);
  database.run(
    `INSERT INTO logs (sequence, gateway, id, event_id, created_at_ms, provider, model, model_type, path, request_type,
       request_content_type, response_content_type, user_agent, user_key, status_code, outcome, success, cached,
       cost_nano_usd, cost_state, tokens_in, tokens_out, duration_ms, feedback, score, row_bytes, body_bytes, parts${names.join("")})
     VALUES (${sequence}, 1, '${id}', NULL, ${sampleStartMs + version}, 'openai', 'gpt-4o-mini', 'chat', 'chat/completions', 'provider',
       'application/json', 'application/json', 'OpenAI/JS', 'user:u1', 200, 'complete', 1, 0,
       22200, 'priced', 12, 34, 640.25, 1, 80, 900, 60, 7${values.join("")})`,
  );
  database.query("INSERT INTO log_details VALUES (?, ?, ?)").run(sequence, '{"user":"u1"}', detail);
  const body = (text: string): Uint8Array => Bun.zstdCompressSync(text);
  database
    .query("INSERT INTO log_bodies VALUES (?, ?, 1, ?, 1)")
    .run(sequence, body(`{"ask":${version}}`), body(`{"answer":${version}}`));
  database.query("INSERT INTO log_entries (rowid, words) VALUES (?, ?)").run(sequence, metadataWord(1, "user", "u1"));
  database
    .query("INSERT INTO log_search (rowid, words) VALUES (?, ?)")
    .run(sequence, `${gatewayWord(1)} marmalade version${version}`);
  database.run(
    "UPDATE log_gateways SET row_count = row_count + 1, row_bytes = row_bytes + 900, body_count = body_count + 1",
  );
}

/** Of `headgate.db`, by version from 1 on. */
export const logFixtures: readonly VersionFixture[] = [
  {
    stepHash: "5adef270d396ec5f",
    fill(database) {
      database.run("INSERT INTO log_gateways (account_id, gateway_id) VALUES ('default', 'default')");
      insertLog(database, 1);
      database.run("INSERT INTO journal_checkpoints VALUES ('w0-1760000000000-00000001.hgj', 4711)");
    },
  },
  {
    stepHash: "85267cf330933e47",
    fill(database) {
      insertLog(database, 2);
      database.run("INSERT INTO roll_up_families VALUES (1, 'default', 'default', 'openai', 'gpt-4o-mini')");
      database.run(
        "INSERT INTO roll_up_series VALUES (1, 1, 'default', 'default', 'openai', 'gpt-4o-mini', 200, 0, 'MISS', 1)",
      );
      database.run(
        `INSERT INTO roll_up_series_minutes (at, series, requests, errors, superseded, cached, unpriced, tokens_in, tokens_out,
           cached_tokens_in, cached_tokens_out, prompt_cache_tokens, cost_nano_usd, saved_nano_usd, duration_ms, generated_tokens,
           generated_ms, duration, first_byte, users)
         VALUES (${Math.floor(sampleStartMs / 60_000)}, 1, 3, 0, 0, 0, 0, 36, 102, 0, 0, 0, 66600, 0, 1921, 102, 1921, x'', x'', x'')`,
      );
    },
  },
  {
    stepHash: "8e76a1f339d29ed5",
    fill(database) {
      insertLog(database, 3);
      database.run(
        `INSERT INTO price_entries (id, provider, model, from_ms, settings, created_at_ms)
         VALUES ('p1', 'openai', 'own-model', NULL, '{"input_per_million":1.5}', ${sampleStartMs})`,
      );
    },
  },
  { stepHash: "0368a9c15f5dcb06", fill: (database) => insertLog(database, 4, { token_id: "t1" }) },
  { stepHash: "2347240282f7cab0", fill: (database) => insertLog(database, 5, { token_id: "t1", key_alias: "spare" }) },
  {
    stepHash: "b1f1f51cda245046",
    fill(database) {
      insertLog(database, 6, { token_id: "t1" });
      const event = `{"id":"e1","type":"budget_threshold","atMs":${sampleStartMs},"accountId":"default","gatewayId":"default","budgetId":"team","partition":"","threshold":80,"spentNanoUsd":9,"limitNanoUsd":10,"sinceMs":0}`;
      database
        .query("INSERT INTO events VALUES (7, 'e1', 'default', 'budget_threshold', 'team', 'o', ?, ?)")
        .run(sampleStartMs, event);
      database.run("INSERT INTO event_receivers VALUES ('webhook', 7)");
    },
  },
];

const actor = '{"type":"token","id":"t1","email":null,"ip":"127.0.0.1"}';

/** Of `settings.db`, by version from 1 on. */
export const settingsFixtures: readonly VersionFixture[] = [
  {
    stepHash: "86a813fdc78772da",
    fill(database) {
      database.run(
        `INSERT INTO settings_objects VALUES ('default', 'gateway', 'prod', '{"cache_ttl":300,"authentication":true}', 'store', 11, 12)`,
      );
      database.run("UPDATE settings_version SET version = 1, created_at_ms = 10");
      const changes = `[{"accountId":"default","kind":"gateway","id":"prod","before":null,"after":{"cache_ttl":300}}]`;
      database.query("INSERT INTO settings_history VALUES (1, 12, ?, 'store', ?)").run(actor, changes);
      const entry = `{"id":"a1","atMs":12,"actor":${actor},"accountId":"default","action":"gateway created","resourceType":"ai_gateway.gateway","resourceId":"prod","before":null,"after":{}}`;
      database.query("INSERT INTO audit_log VALUES ('a1', 12, 'default', ?)").run(entry);
    },
  },
  {
    stepHash: "a8d0fc9b648d01b5",
    fill: (database) => database.run("INSERT INTO sessions VALUES ('hash', 'u1', 1, 2, 9000000000000)"),
  },
  {
    stepHash: "25f4552d0beef1e6",
    fill: (database) =>
      database.run("INSERT INTO sessions VALUES ('newer', 'u1', 1, 2, 9000000000000, '203.0.113.7', 'Browser/1')"),
  },
  {
    stepHash: "11f3bc2d109dc8bd",
    fill: () => {},
  },
];
