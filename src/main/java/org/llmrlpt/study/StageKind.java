package org.llmrlpt.study;

import org.llmrlpt.files.RunFolder;

/** The stages of an arm, in order. */
public enum StageKind {
    /** From random weights. */
    PRETRAIN("pretrain", RunFolder.SUMMARY),
    /** From pre-training's last checkpoint. */
    MIDTRAIN("midtrain", RunFolder.SUMMARY),
    /** What reinforcement learning begins with. */
    EVAL_BASE("eval-base", StageKind.RESULTS),
    /** From the last checkpoint before it. */
    RL("rl", RunFolder.SUMMARY),
    /** What reinforcement learning ended with. */
    EVAL_RL("eval-rl", StageKind.RESULTS);

    /** The file of an evaluation's figures. */
    static final String RESULTS = "results.json";

    private final String folder;
    private final String lastFile;

    StageKind(String folder, String lastFile) {
        this.folder = folder;
        this.lastFile = lastFile;
    }

    /** Its folder's name in the folder of its arm, and its name for people. */
    public String folder() {
        return folder;
    }

    /** The file that is there when the stage is done. */
    String lastFile() {
        return lastFile;
    }
}
