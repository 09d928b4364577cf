import { expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import { allOf, startManagedGateway, thrownBy } from "../support/management-client.ts";
import { scriptedUpstream } from "../support/scripted-upstream.ts";
