// The style sheet of the report: light and dark, for a desk, a phone and a printer.
import { base } from './style/base.ts'
import { dark, light } from './style/colours.ts'
import { frame } from './style/frame.ts'
import { media } from './style/media.ts'
import { sections } from './style/sections.ts'
import { tables } from './style/tables.ts'

/** The whole style sheet. */
export const style = `:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
${base}${frame}${sections}${tables}${media}`
