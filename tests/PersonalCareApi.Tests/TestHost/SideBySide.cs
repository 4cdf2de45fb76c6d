// Each fixture has hosts and data of its own, so that fixtures may run beside each other. More of them than processors,
// since a test that waits for its database to be durable leaves its processor idle.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(4)]
