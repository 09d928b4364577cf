import { InvalidLogQuery, LogStoreUnavailable } from "../../stores/ports/log-store.ts";
import { invalid, ManagementError } from "../management-error.ts";

/**
 * What the store answers.
 * @throws ManagementError 400 code 7001 for a question it cannot answer, 503 code 7000 when it is away or full.
 */
export async function askStore<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof InvalidLogQuery) throw invalid(error.message, ["query", ...error.path]);
    if (error instanceof LogStoreUnavailable) throw new ManagementError("unavailable");
    throw error;
  }
}
