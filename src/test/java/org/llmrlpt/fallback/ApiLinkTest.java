package org.llmrlpt.fallback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.InterfaceMethodRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.llmrlpt.config.UserError;

/**
 * One jar runs on the fallback and on the real TornadoVM, so every class, field and method that it names must exist in
 * both, with the same descriptor.
 */
class ApiLinkTest {
    private static final String FALLBACK = ApiJar.ROOT + "fallback/";
    private static final Pattern NAMED_IN_DESCRIPTOR = Pattern.compile("L(" + ApiJar.ALL + "[^;<]+)[;<]");
    private static ApiJar api;

    @BeforeAll
    static void findTheRealApi() throws IOException {
        Optional<ApiJar> found = ApiJar.find();
        assumeTrue(found.isPresent(), "No tornado-api and tornado-runtime jars to check against: install TornadoVM "
                + "5.2.0-jdk25 into the local Maven repository or name the first with -Dtornado.api.jar");
        api = found.get();
    }

    @Test
    void everythingTheProgramNamesExistsInTheRealApi() throws Exception {
        List<ClassModel> program = classes(folderOf(UserError.class).resolve("org/llmrlpt"));
        assertFalse(program.isEmpty());
        Set<String> problems = new TreeSet<>();
        for (ClassModel model : program) {
            for (String named : references(model, problems)) {
                if (named.startsWith(FALLBACK)) {
                    problems.add(model.thisClass().asInternalName() + " names " + named
                            + ", which only the fallback has; look it up by reflection");
                }
            }
        }
        assertEquals(Set.of(), problems);
    }

    @Test
    void everythingTheTestsNameExistsInTheRealApi() throws Exception {
        Set<String> problems = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        for (ClassModel model : classes(folderOf(ApiLinkTest.class).resolve("org/llmrlpt"))) {
            named.addAll(references(model, problems));
        }
        assertTrue(named.contains(ApiJar.ROOT + "types/arrays/FloatArray.get(I)F"), named::toString);
        assertTrue(named.contains(ApiJar.ROOT + "common/TornadoFunctions$Task5"), named::toString);
        assertEquals(Set.of(), problems);
    }

    @Test
    void whatTheRealApiLacksIsReported() {
        assertTrue(api.member(ApiJar.ROOT + "types/arrays/FloatArray", "get", "(I)F").isPresent());
        assertTrue(api.member(ApiJar.ROOT + "types/arrays/FloatArray", "get", "(J)F").isEmpty());
        assertTrue(api.member(ApiJar.ROOT + "KernelContext", "globalIdx", "Ljava/lang/Integer;").isPresent());
        assertTrue(api.member(ApiJar.ROOT + "KernelContext", "globalIdx", "I").isEmpty());
        assertTrue(api.member(ApiJar.ROOT + "WorkerGrid1D", "setLocalWork", "(JJJ)V").isPresent());
        assertTrue(api.member(ApiJar.ROOT + "Absent", "get", "(I)F").isEmpty());
    }

    @Test
    @Tag("fallback")
    void everyVisibleMemberOfTheFallbackIsAsInTheRealApi() throws Exception {
        Set<String> problems = new TreeSet<>();
        int members = 0;
        for (ClassModel model : classes(folderOf(UserError.class).resolve(ApiJar.ALL))) {
            String name = model.thisClass().asInternalName();
            if (name.startsWith(FALLBACK) || !isPublic(model) || isPackageInfo(name)) { continue; }
            ClassModel real = api.classNamed(name);
            if (real == null) {
                problems.add(name + " does not exist in the real API");
                continue;
            }
            if (isInterface(model) != isInterface(real)) { problems.add(name + " is an interface in one of the two"); }
            for (String parent : ApiJar.parents(model)) {
                if (parent.startsWith(ApiJar.ALL) && !api.isA(name, parent)) {
                    problems.add(name + " does not extend " + parent + " in the real API");
                }
            }
            for (FieldModel field : model.fields()) {
                if (!ApiJar.isVisible(field.flags().flagsMask())) { continue; }
                compare(model, field.fieldName().stringValue(), field.fieldType().stringValue(), problems);
                members++;
            }
            for (MethodModel method : model.methods()) {
                if (!ApiJar.isVisible(method.flags().flagsMask())) { continue; }
                compare(model, method.methodName().stringValue(), method.methodType().stringValue(), problems);
                members++;
            }
        }
        assertTrue(members > 300, members + " members");
        assertEquals(Set.of(), problems);
    }

    private static void compare(ClassModel model, String name, String descriptor, Set<String> problems) {
        String owner = model.thisClass().asInternalName();
        String what = owner + "." + name + descriptor;
        ApiJar.Member ours = ApiJar.declared(model, name, descriptor).orElseThrow();
        Optional<ApiJar.Member> found = api.member(owner, name, descriptor);
        if (found.isEmpty()) {
            problems.add(what + " does not exist in the real API");
            return;
        }
        ApiJar.Member real = found.get();
        if (!real.isVisible()) { problems.add(what + " is not visible in the real API"); }
        if (real.isStatic() != ours.isStatic()) { problems.add(what + " is static in one of the two"); }
        if (real.constant() != null && !real.constant().equals(ours.constant())) {
            problems.add(what + " is " + ours.constant() + ", but " + real.constant() + " in the real API");
        }
        if (!real.exceptions().equals(ours.exceptions())) {
            problems.add(what + " throws " + ours.exceptions() + ", but " + real.exceptions() + " in the real API");
        }
    }

    /** Returns the API's classes and members that a class names; what the real API lacks becomes a problem. */
    private static Set<String> references(ClassModel model, Set<String> problems) {
        Set<String> named = new TreeSet<>();
        String user = model.thisClass().asInternalName();
        for (PoolEntry entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry e -> named.add(e.asInternalName().replaceFirst("^\\[+L(.*);$", "$1"));
                case Utf8Entry e -> {
                    Matcher matcher = NAMED_IN_DESCRIPTOR.matcher(e.stringValue());
                    while (matcher.find()) { named.add(matcher.group(1)); }
                }
                case MemberRefEntry e -> {
                    String owner = e.owner().asInternalName();
                    String member = owner + "." + e.name().stringValue()
                            + (e.type().stringValue().startsWith("(") ? "" : " ") + e.type().stringValue();
                    if (!owner.startsWith(ApiJar.ALL) || owner.startsWith(FALLBACK)) { continue; }
                    named.add(member);
                    ClassModel real = api.classNamed(owner);
                    if (api.member(owner, e.name().stringValue(), e.type().stringValue()).isEmpty()
                            || e instanceof InterfaceMethodRefEntry != isInterface(real)
                            && member.contains("(")) {
                        problems.add(user + " names " + member + ", which the real API lacks");
                    }
                }
                default -> { }
            }
        }
        named.removeIf(name -> !name.startsWith(ApiJar.ALL));
        for (String name : named) {
            if (!name.contains(".") && !name.startsWith(FALLBACK) && api.classNamed(name) == null) {
                problems.add(user + " names class " + name + ", which the real API lacks");
            }
        }
        return named;
    }

    private static boolean isInterface(ClassModel model) {
        return model != null && (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
    }

    private static boolean isPublic(ClassModel model) {
        return (model.flags().flagsMask() & ClassFile.ACC_PUBLIC) != 0;
    }

    private static boolean isPackageInfo(String name) {
        return name.endsWith("/package-info");
    }

    private static Path folderOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static List<ClassModel> classes(Path folder) throws IOException {
        List<ClassModel> models = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                models.add(ClassFile.of().parse(file));
            }
        }
        return models;
    }
}
