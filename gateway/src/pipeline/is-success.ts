/** Whether a provider's status says that it does what was asked: 2xx, or 101 for a WebSocket. */
export function isSuccess(statusCode: number): boolean {
  return statusCode === 101 || (statusCode >= 200 && statusCode <= 299);
}
