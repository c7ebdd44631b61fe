// The seam: the interfaces of all that code may touch. The lab and the live world implement them;
// nothing else does.
import type { Dispatcher } from 'undici'

/** Time. In the lab it is virtual: it passes only while somebody waits for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * How close together, ms, questions may follow each other where every moment counts. On real time
   * that is what a host can bear, on virtual time what the tests of a world can: there a look
   * costs, and waiting does not.
   */
  readonly closest: number
  /** Resolves after `ms`, or at once with the signal's reason as a rejection when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Chance. One seed gives one history. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** How a command ended. `tookMs` is measured by the clock of the reach. */
export type Exit =
  | { kind: 'exited'; code: number; stdout: string; stderr: string; tookMs: number }
  | { kind: 'missing'; program: string; tookMs: number }
  | { kind: 'timed-out'; stdout: string; stderr: string; tookMs: number }

export interface RunOptions {
  /** Milliseconds after which the command and its process group are killed. */
  deadline: number
  stdin?: string
  signal?: AbortSignal
}

/**
 * Commands of the host. Arguments never pass through a shell; output is bounded to 4 MiB a stream.
 */
export interface Shell {
  /** Never rejects but for an aborted signal: every other end is a value. */
  run(argv: readonly string[], options: RunOptions): Promise<Exit>
}

/** What a connection from the host brought: an answer, or the way in which there was none. */
export type NetAnswer =
  | { kind: 'answered'; status: number; body: string; tookMs: number }
  | { kind: 'refused' | 'reset' | 'silent' | 'failed'; why: string; tookMs: number }

/** Connections from the host, as its users make them. Bodies are bounded to 64 KiB. */
export interface Net {
  /**
   * One GET on a new connection, no redirects followed. `deadline` in ms; silence until then is
   * `silent`.
   */
  http(url: string, options: { deadline: number; signal?: AbortSignal }): Promise<NetAnswer>
  /**
   * Connects, sends, and resolves with the first bytes that come back as `body` (status 0). Where
   * nothing is sent, a connection that stays open is the answer, its body a greeting or empty.
   */
  tcp(
    to: { host: string; port: number; send?: string },
    options: { deadline: number; signal?: AbortSignal },
  ): Promise<NetAnswer>
}

/** Files of the host, absolute paths or `~/…`. */
export interface Files {
  /**
   * Text of a file, or undefined where there is none. Rejects when it exists and cannot be read.
   */
  read(path: string): Promise<string | undefined>
  /** Names in a folder; empty where there is none. */
  list(path: string): Promise<readonly { name: string; bytes: number; modifiedAt: number }[]>
  /** Replaces a file in one step (a new file renamed over the old one); makes missing folders. */
  write(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
}

/** How the API server is to be trusted and by whom it is asked. PEM texts. */
export interface Tls {
  ca?: string
  cert?: string
  key?: string
  verify: boolean
  serverName?: string
}

/** What a target can have or lack; platforms add theirs by declaration merging. */
export interface Capabilities {
  kubernetes: true
  processes: true
  'host-ports': true
  kubeconfig: true
  backups: true
  'inside-nodes': true
}

/**
 * Things that a target has or lacks. What is lacking is not applicable there, with the reason that
 * the target gives.
 */
export type Capability = keyof Capabilities

export type TargetKind = 'lab' | 'container' | 'live'

/** Everything outside holdfast. Nothing else may be touched. */
export interface Runtime {
  readonly target: { readonly kind: TargetKind; readonly description: string }
  /** Reasons by capability, for what this target does not have. */
  readonly lacks: Partial<Record<Capability, string>>
  readonly clock: Clock
  readonly random: Random
  readonly shell: Shell
  readonly net: Net
  readonly files: Files
  /** The home folder of the user whose tools these are, absolute. */
  readonly home: string
  /** A connection pool to an API server; the same TLS material gives the same pool. */
  dispatcher(tls: Tls): Dispatcher
}
