package org.llmrlpt.fallback;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The classes of a real tornado-api jar and of the tornado-runtime jar with it, to look members up in. */
final class ApiJar {
    /** Where the API's classes live, as an internal name. */
    static final String ROOT = "uk/ac/manchester/tornado/api/";
    /** Where all of TornadoVM's classes live. */
    static final String ALL = "uk/ac/manchester/tornado/";
    private static final String PROPERTY = "tornado.api.jar";
    private static final Path LOCAL = Path.of(System.getProperty("user.home"),
            ".m2/repository/io/github/beehive-lab");

    private final Map<String, ClassModel> classes = new HashMap<>();

    /** A member as it is declared. */
    record Member(boolean isStatic, boolean isVisible, Object constant, List<String> exceptions) { }

    private ApiJar(Path api, Path runtime) throws IOException {
        read(api);
        read(runtime);
    }

    private void read(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                String name = entry.getName();
                if (!name.startsWith(ALL) || !name.endsWith(".class")) { continue; }
                try (InputStream bytes = zip.getInputStream(entry)) {
                    ClassModel model = ClassFile.of().parse(bytes.readAllBytes());
                    classes.put(model.thisClass().asInternalName(), model);
                }
            }
        }
    }

    /** Returns the jar named by the property tornado.api.jar, or one in the local Maven repository. */
    static Optional<ApiJar> find() throws IOException {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            Path folder = Path.of(named).toAbsolutePath().getParent();
            return Optional.of(new ApiJar(Path.of(named), jar(folder, "tornado-runtime").orElseThrow()));
        }
        Optional<Path> api = jar(LOCAL.resolve("tornado-api/5.2.0-jdk25"), "tornado-api");
        Optional<Path> runtime = jar(LOCAL.resolve("tornado-runtime/5.2.0-jdk25"), "tornado-runtime");
        return api.isEmpty() || runtime.isEmpty() ? Optional.empty()
                : Optional.of(new ApiJar(api.get(), runtime.get()));
    }

    private static Optional<Path> jar(Path folder, String artifact) throws IOException {
        if (!Files.isDirectory(folder)) { return Optional.empty(); }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches(artifact + "-[^-]+-jdk25\\.jar")).findFirst();
        }
    }

    /** Returns a class, or null. */
    ClassModel classNamed(String internalName) {
        return classes.get(internalName);
    }

    /** Returns a field or method of a class or of what it inherits from. */
    Optional<Member> member(String owner, String name, String descriptor) {
        ClassModel model = classes.get(owner);
        if (model == null) { return platformMember(owner, name, descriptor); }
        Optional<Member> declared = declared(model, name, descriptor);
        if (declared.isPresent() || name.equals("<init>")) { return declared; }
        return parents(model).stream().flatMap(p -> member(p, name, descriptor).stream()).findFirst();
    }

    /** Whether a class is or extends or implements another. */
    boolean isA(String internalName, String other) {
        if (internalName.equals(other)) { return true; }
        ClassModel model = classes.get(internalName);
        return model != null && parents(model).stream().anyMatch(p -> isA(p, other));
    }

    /** Returns the superclass and the interfaces. */
    static List<String> parents(ClassModel model) {
        List<String> parents = new ArrayList<>();
        model.superclass().map(ClassEntry::asInternalName).ifPresent(parents::add);
        model.interfaces().forEach(i -> parents.add(i.asInternalName()));
        return parents;
    }

    /** Returns a member that the class itself declares. */
    static Optional<Member> declared(ClassModel model, String name, String descriptor) {
        Optional<Member> method = model.methods().stream()
                .filter(m -> m.methodName().equalsString(name) && m.methodType().equalsString(descriptor))
                .map(m -> new Member((m.flags().flagsMask() & ClassFile.ACC_STATIC) != 0,
                        isVisible(m.flags().flagsMask()), null,
                        m.findAttribute(Attributes.exceptions()).stream().flatMap(e -> e.exceptions().stream())
                                .map(ClassEntry::asInternalName).sorted().toList()))
                .findFirst();
        if (method.isPresent()) { return method; }
        return model.fields().stream()
                .filter(f -> f.fieldName().equalsString(name) && f.fieldType().equalsString(descriptor))
                .map(f -> new Member((f.flags().flagsMask() & ClassFile.ACC_STATIC) != 0,
                        isVisible(f.flags().flagsMask()),
                        f.findAttribute(Attributes.constantValue()).map(v -> v.constant().constantValue()).orElse(null),
                        List.of()))
                .findFirst();
    }

    /** Whether access flags make a member part of an API. */
    static boolean isVisible(int flags) {
        return (flags & (ClassFile.ACC_PUBLIC | ClassFile.ACC_PROTECTED)) != 0;
    }

    // What is inherited from the platform, such as Throwable.getMessage, is there whatever the API's version.
    private static Optional<Member> platformMember(String owner, String name, String descriptor) {
        try (InputStream bytes = ClassLoader.getSystemResourceAsStream(owner + ".class")) {
            if (bytes == null || owner.startsWith(ALL)) { return Optional.empty(); }
            ClassModel model = ClassFile.of().parse(bytes.readAllBytes());
            Optional<Member> declared = declared(model, name, descriptor);
            if (declared.isPresent()) { return declared; }
            return parents(model).stream().flatMap(p -> platformMember(p, name, descriptor).stream()).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
