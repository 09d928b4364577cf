/**
 * Field by which a worker tells the control process, over a socket that only they share, whether a request was made on this
 * machine: `true` or `false`. What a client sends under this name is dropped.
 */
export const localRequestField = "x-headgate-local";
