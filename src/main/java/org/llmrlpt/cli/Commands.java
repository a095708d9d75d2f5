package org.llmrlpt.cli;

import java.util.List;

/** The list of all commands, in the order in which the help shows them. */
final class Commands {
    private Commands() {
    }

    static List<Command<?>> all() {
        return List.of(new PretrainCommand(), new MidtrainCommand(), new RlCommand(), new EvalCommand(),
            new StudyCommand(), new GenerateCommand(), new ReportCommand(), new DataPrepareCommand(),
            new TrainTokenizerCommand(), new BenchTrainCommand(), new BenchGenerateCommand(),
            new BenchKernelsCommand(), new CheckKernelsCommand(), new GpuCheckCommand(), new BenchCompareCommand(),
            new DevicesCommand());
    }
}
