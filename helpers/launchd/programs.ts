// Which calls of launchd's programs only read.
import type { Program } from '#src/model/platform/forbidden.ts'

export const programs: Readonly<Record<string, Program>> = {
  plutil: { reads: words => ['-convert', '-o', '-'].every(word => words.includes(word)) },
  launchctl: { reads: ([verb = '']) => ['list', 'print'].includes(verb) },
}
