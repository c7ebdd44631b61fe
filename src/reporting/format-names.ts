// Names of the formats of a run's report: reading a command line loads no renderer.

export const runFormatNames = ['json', 'junit', 'html'] as const
export type RunFormatName = (typeof runFormatNames)[number]
