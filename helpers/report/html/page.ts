import type { Run } from '../../words/index.ts'
export const html = (_run: Run): string => ''
