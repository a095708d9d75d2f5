package org.llmrlpt.data;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.llmrlpt.config.UserError;
import org.llmrlpt.data.tokenizer.Tokenizer;
import org.llmrlpt.random.RandomStream;

/** Several corpora, of which each gives a fixed share of the windows. All have one tokenizer. */
public final class Mixture implements Corpus {
    private final List<Corpus> sources;
    private final MixtureOrder order;
    private final double[] shares;

    /**
     * A mixture.
     *
     * @param weights of the sources, above 0; only their proportions matter
     * @throws UserError if the tokenizers differ, or a weight is too small beside the others
     */
    public Mixture(List<Corpus> sources, List<Double> weights) {
        this.sources = List.copyOf(sources);
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        shares = weights.stream().mapToDouble(w -> w / sum).toArray();
        order = new MixtureOrder(shares);
        for (Corpus source : sources) {
            if (!source.tokenizer().isSameAs(tokenizer())) {
                throw new UserError("the sources of the mixture were prepared with different tokenizers: prepare them"
                    + " again with one tokenizer");
            }
        }
    }

    @Override
    public Tokenizer tokenizer() {
        return sources.getFirst().tokenizer();
    }

    @Override
    public Windows training(int length, long seed) {
        RandomStream stream = RandomStream.of(seed, "mixture");
        return new MixedWindows(sources.stream().map(s -> s.training(length, seed)).toList(),
            order.keyed(stream), Long.MAX_VALUE);
    }

    /** Held-out windows in the mixture's proportions; they end where the first source has no more. */
    @Override
    public Windows validation(int length, long limit) {
        List<Windows> held = sources.stream().map(s -> s.validation(length, limit)).toList();
        long count = IntStream.range(0, held.size()).mapToLong(s -> (long) (held.get(s).count() / shares[s])).min()
            .orElseThrow();
        return new MixedWindows(held, order.keyed(RandomStream.of(0, "mixture.validation")), Math.min(limit, count));
    }

    @Override
    public long trainingTokens() {
        return sources.stream().mapToLong(Corpus::trainingTokens).sum();
    }

    @Override
    public long validationTokens() {
        return sources.stream().mapToLong(Corpus::validationTokens).sum();
    }

    @Override
    public String fingerprint() {
        return IntStream.range(0, sources.size())
            .mapToObj(s -> String.format(Locale.ROOT, "%s:%.6f", sources.get(s).fingerprint(), shares[s]))
            .collect(Collectors.joining(","));
    }

    /** Windows of the sources in the order's sequence. */
    private record MixedWindows(List<Windows> sources, MixtureOrder.Keyed order, long count) implements Windows {
        @Override
        public int length() {
            return sources.getFirst().length();
        }

        @Override
        public void fill(long number, int[] tokens, int[] targets, int[] positions, int[] starts, int at) {
            MixtureOrder.Place place = order.at(number);
            // Beyond the count a source's own windows say that nothing counts.
            Windows source = sources.get(place.source());
            source.fill(number < count ? place.number() : source.count(), tokens, targets, positions, starts, at);
        }
    }
}
