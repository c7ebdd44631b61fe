// Runs several command lines in one process, one after the other, as bin/holdfast.mjs runs one.
// Returns the output and the exit code of each.
import { argv, env } from 'node:process'
import { answer } from '#src/cli/main.ts'

const lines = JSON.parse(argv[2] ?? '[]') as readonly (readonly string[])[]
const streams = ['stdout', 'stderr'] as const
const ended: { code: number; stdout: string; stderr: string }[] = []
const write = process.stdout.write.bind(process.stdout)

for (const words of lines) {
  const heard = { stdout: '', stderr: '' }
  for (const name of streams) {
    process[name].write = (text: string | Uint8Array): boolean => {
      heard[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8')
      return true
    }
  }
  ended.push({ code: await answer(words, env), ...heard })
}
write(JSON.stringify(ended))
