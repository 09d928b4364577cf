/**
 * Field by which a worker tells the control process, over a socket that only they share, from which address a request came. What a
 * client sends under this name is dropped.
 */
export const clientAddressField = "x-headgate-address";
