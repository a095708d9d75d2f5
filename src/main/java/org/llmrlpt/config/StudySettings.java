package org.llmrlpt.config;

import java.util.Map;

/**
 * Everything that defines a comparison of objectives.
 *
 * @param pretrain settings of {@code pretrain} by name, as given
 * @param midtrain settings of {@code midtrain} by name, as given
 * @param rl settings of {@code rl} by name, as given
 * @param eval settings of {@code eval} by name, as given
 */
public record StudySettings(
    @Key(value = "run", help = "folder of the study; one that is there is gone on with; default: studies/NAME after the"
        + " config file, or the next free studies/study-N") String run,
    @Key(value = "resume", help = "folder of a study to go on with; its own settings apply") String resume,
    @Key(value = "study.objectives", or = "0,0,0; -0.25,0,0; 0.5,0,0; 0,0,-0.1",
        help = "pre-training objectives to compare, the baseline first: beta,lambda-head,lambda-tail each, or "
            + "NAME:beta,lambda-head,lambda-tail, parted by semicolons (paper: also 0,0.1,0)") String objectives,
    @Key(value = "study.seeds", or = "1-3", help = "seeds, such as 1-3 or 1,2,5; all objectives are done with one "
        + "before the next") String seeds,
    @Key(value = "study.pass-k", min = 1, max = 1 << 16,
        help = "k of Pass@k in the tables; default: half of eval.samples (paper: 64 of 128)") Integer passK,
    DeviceSettings device,
    @Stage(prefix = "pretrain.", settings = PretrainSettings.class) Map<String, String> pretrain,
    @Stage(prefix = "midtrain.", settings = MidtrainSettings.class) Map<String, String> midtrain,
    @Stage(prefix = "rl.", settings = RlSettings.class) Map<String, String> rl,
    @Stage(prefix = "eval.", settings = EvalSettings.class) Map<String, String> eval) {
}
