// A lab in real time on the loopback: an API for kubectl, programs for a PATH, and the ports and
// files of its host.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '#src/model/kube.ts'
import { createLab, type Lab, type WorldSeed } from '#lab/lab.ts'
import { kubeconfigFor, withCertificates } from './kubeconfig.ts'
import { makeCertificates, type Certificates } from './certificates.ts'
import { openCommands } from './commands.ts'
import { mirror, type Mirror } from './mirror.ts'
import { pace } from './pace.ts'
import { openPorts, type Ports } from './ports.ts'
import { writePrograms } from './programs.ts'
import { relocated, type Moves } from './relocate.ts'

export interface ServeOptions {
  world: WorldSeed
  manifests: readonly KubeObject[]
  seed: number
  /** Virtual ms for each real one. */
  speed: number
  /** Port of the API server while the lab is served. 0: a free one. */
  port: number
  /** Also writes the lab's own kubectl, for hosts without a real one. It supports only `config`. */
  kubectl: boolean
  /** Path of the Node.js that runs the lab's programs. */
  node: string
  /** False: only the API server gets a port, and the world's host ports do not. Default: true. */
  hostPorts?: boolean
  /** The parent of the lab's folder. Default: the system's temporary folder. */
  parent?: string
  /** Receives the error that stopped the lab. */
  failed(error: unknown): void
}

/** A served lab. It uses only the loopback and one folder, which only its user can read. */
export interface ServedLab {
  readonly lab: Lab
  /** The folder that holds everything below, and nothing else. */
  readonly folder: string
  readonly url: string
  readonly token: string
  /** The CA of the API server, PEM. */
  readonly ca: string
  /** Path of a kubeconfig for `url` and `token`. */
  readonly kubeconfig: string
  /** HOME of the simulated host, with its own `.kube/config`. */
  readonly home: string
  /** The folder for a PATH. */
  readonly programs: string
  readonly programNames: readonly string[]
  ports(): { open: readonly number[]; taken: readonly number[] }
  /** Replaces the world's paths in data, such as a policy, by paths in `folder`. */
  moved<T>(data: T): T
  /** Ends everything and removes `folder`. Resolves with the number of requests to the API. */
  stop(): Promise<{ requests: number }>
}

/** How long before the present a world starts, ms. Its boot takes less than this. */
const youth = 2 * 3_600_000
/** How often the lab updates ports and files from the world, real ms. */
const interval = 200

/** Boots the world and serves it until `stop`. Rejects if the port is taken. */
export async function serveLab(options: ServeOptions): Promise<ServedLab> {
  const folder = mkdtempSync(join(options.parent ?? tmpdir(), 'holdfast-lab-'))
  chmodSync(folder, 0o700)
  try {
    return await serveIn(folder, options)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

async function serveIn(folder: string, options: ServeOptions): Promise<ServedLab> {
  const home = join(folder, 'home')
  const moves: Moves = [
    [options.world.host.home, home],
    ['/Volumes', join(folder, 'volumes')],
  ]
  const certificates = makeCertificates(Date.now())
  const token = randomBytes(32).toString('hex')
  const lab = bootLab(options, { moves, certificates })
  const running = await open(lab, folder, { options, certificates, token })
  try {
    const port = await running.ports.fixed(options.port)
    await running.ports.sync()
    mkdirSync(home, { recursive: true, mode: 0o700 })
    await running.files.sync()
    const url = `https://127.0.0.1:${port}`
    const programs = join(folder, 'bin')
    return {
      lab,
      folder,
      url,
      token,
      kubeconfig: writeKubeconfig(folder, { server: url, ca: certificates.ca, token }),
      home,
      programs,
      ca: certificates.ca,
      programNames: writePrograms(programs, { ...options, socket: running.socket }),
      ports: () => ({ open: running.ports.open(), taken: running.ports.taken() }),
      moved: data => relocated(data, moves),
      async stop() {
        await running.end()
        rmSync(folder, { recursive: true, force: true })
        return { requests: lab.api.log.length }
      },
    }
  } catch (error) {
    await running.end()
    throw error
  }
}

/** Writes the kubeconfig of the lab and returns its path. */
function writeKubeconfig(folder: string, access: Parameters<typeof kubeconfigFor>[0]): string {
  const path = join(folder, 'kubeconfig')
  writeFileSync(path, kubeconfigFor(access), { mode: 0o600 })
  return path
}

/**
 * Boots the world with moved paths and real certificates, and advances it to the present real time.
 */
function bootLab(
  { world, seed, manifests }: ServeOptions,
  { moves, certificates }: { moves: Moves; certificates: Certificates },
): Lab {
  const host = withCertificates(relocated(world.host, moves), certificates)
  const lab = createLab({ ...world, host, startsAt: Date.now() - youth }, { seed, manifests })
  lab.api.connectKubelets(lab.node)
  const { clock } = lab.context
  clock.advance(Math.max(0, Date.now() - clock.now()))
  return lab
}

/** The parts of a served lab that stop when `end` is called. */
interface Running {
  ports: Ports
  files: Mirror
  /** Path of the socket over which the programs reach the lab. */
  socket: string
  end(): Promise<void>
}

/** Starts the clock, the ports, the mirror and the commands. */
async function open(
  lab: Lab,
  folder: string,
  {
    options,
    certificates,
    token,
  }: { options: ServeOptions; certificates: Certificates; token: string },
): Promise<Running> {
  const { world, speed, failed, hostPorts: ofHost = true } = options
  const candidates = world.host.processes.flatMap(({ listens }) =>
    (listens ?? []).map(({ port }) => port),
  )
  const ports = openPorts({ lab, token, certificates, candidates, ofHost })
  const clockwork = pace(lab.context.clock, { speed, failed })
  const files = mirror(lab.runtime.files, folder)
  const socket = join(folder, 'lab.sock')
  const commands = await openCommands(socket, lab.runtime.shell, () => files.sync()).catch(
    (error: unknown) => {
      clockwork.stop()
      throw error
    },
  )
  const stopFollowing = follow(() => Promise.all([ports.sync(), files.sync()]), failed)
  return {
    ports,
    files,
    socket,
    async end() {
      const last = stopFollowing()
      clockwork.stop()
      await last
      commands.close()
      await ports.close()
    },
  }
}

/**
 * Runs `work` again and again, never twice at once. Returns a function that stops this and waits
 * for the last run.
 */
function follow(
  work: () => Promise<unknown>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let last = Promise.resolve()
  const timer = setInterval(() => {
    last = last
      .then(work)
      .then(() => undefined)
      .catch(failed)
  }, interval)
  return () => {
    clearInterval(timer)
    return last
  }
}
