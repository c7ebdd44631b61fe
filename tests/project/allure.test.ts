// allurerc.json, which `npx allure generate` reads, groups failures as the results do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { categories } from '#src/reporting/allure/outcome.ts'
import { root } from './source.ts'

const shape = z.object({
  categories: z.array(
    z.object({
      name: z.string(),
      matchers: z.object({ statuses: z.array(z.string()), trace: z.string() }),
    }),
  ),
})

test('the configuration of Allure has the categories of the results', () => {
  const config = shape.parse(JSON.parse(readFileSync(join(root, 'allurerc.json'), 'utf8')))
  expect(
    config.categories.map(({ name, matchers }) => [name, matchers.statuses, matchers.trace]),
  ).toEqual(
    categories.map(({ name, matchedStatuses, traceRegex }) => [
      name,
      matchedStatuses,
      `^${traceRegex}$`,
    ]),
  )
})
