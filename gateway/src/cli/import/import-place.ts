/** Account and gateway of headgate.yaml that settings go to. */
export interface ImportPlace {
  readonly account: string;
  readonly gateway: string;
}
