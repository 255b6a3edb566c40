export interface RunningProcess {
  pid: number;
  parent: number;
  command: string;
}

export declare function runningProcesses(): RunningProcess[];
export declare function descendantsOf(root: number): RunningProcess[];
export declare function killTree(root: number): Promise<number>;
export declare function signal(pid: number, name: NodeJS.Signals): boolean;
