"""Type declarations as Markdown."""

import pytest


def test_a_function_is_a_heading_its_overloads_and_its_comment(package):
    text = package.reference("""
        /**
         * Load a {@link Thing}.
         *
         * @param path - Where it is.
         * @param options.strict - Fail on errors.
         * @returns The thing.
         * @throws {LoadError} If it is absent.
         * @example
         * load("a");
         * @deprecated Use `read`.
         */
        export declare function load(path: string, options?: { strict: boolean }): Thing;
        export declare function load(path: URL): Thing;
    """)
    assert text == (
        "# invented\n\n## load\n\n"
        "```ts\nfunction load(path: string, options?: { strict: boolean }): Thing\n"
        "function load(path: URL): Thing\n```\n\n"
        "> **Deprecated.** Use `read`.\n\nLoad a `Thing`.\n\n"
        "**Parameters**\n\n- `path` — Where it is.\n- `options.strict` — Fail on errors.\n\n"
        "**Returns**\n\n- The thing.\n\n**Throws**\n\n- `LoadError` — If it is absent.\n\n"
        '**Example**\n\n```ts\nload("a");\n```\n'
    )


@pytest.mark.parametrize(
    ("declaration", "heading", "code"),
    [
        ("export type Id = string | number;", "Id", "type Id = string | number"),
        ("export declare const a: 1, b: 2;", "b", "const b: 2"),
        ("export declare enum Color { Red = 1, Blue }", "Color", "enum Color { Red = 1, Blue }"),
        ("declare const inner: 1; export { inner as outer };", "outer", "const outer: 1"),
        ("declare const inner: 1; export { inner as default, inner as named };", "named", "const named: 1"),
        ("export default function (): void;", "invented", "function invented(): void"),
        ("export default function (a: 1): void;", "invented", "function invented(a: 1): void"),
        ("interface Box { size: number }\nexport type { Box };", "Box", "interface Box {\n    size: number;\n}"),
        ("export interface Box<in out T> { a: T }", "Box", "interface Box<in out T> {\n    a: T;\n}"),
        ("export declare const c: import('x').C<string>;", "c", "const c: import('x').C<string>"),
        ("export declare namespace n { namespace m { const deep: 1 } }", "n.m.deep", "const deep: 1"),
        ("declare namespace n { const a: 1 }\nexport import b = n.a;", "b", "const b: 1"),
        ("interface Options$1 { a: 1 }\nexport declare const o: Options$1;", "o", "const o: Options"),
    ],
)
def test_each_kind_of_export_keeps_its_declaration(package, declaration, heading, code):
    documents = package.write({"index.d.ts": declaration}).documents()
    assert f"## {heading}\n\n```ts\n{code}\n```" in "".join(one.text for one in documents.values())


def test_long_signatures_have_a_line_for_each_parameter(package):
    kinds = " | ".join(f'"{letter * 12}"' for letter in "abcdefgh")
    text = package.reference(f"""
        export declare function search(first: {{ a: 1, b: 2 }}, second: "{"x" * 40}", third?: "{"y" * 20}"): any;
        export type Kind = {kinds};
    """)
    assert f'function search(\n    first: {{ a: 1, b: 2 }},\n    second: "{"x" * 40}",\n' in text
    assert 'type Kind =\n    | "aaaaaaaaaaaa"\n    | "bbbbbbbbbbbb"\n' in text


def test_a_class_with_many_members_is_a_document(package):
    plain = "\n".join(f"plain{number}(): void;" for number in range(12))
    documents = package.write(
        {
            "index.d.ts": f"""
            /** A store. */
            export declare class Store<T> extends Base<T> {{
                private secret: string;
                #hidden: string;
                _internal(): void;
                /** @internal */
                inner(): void;
                /** Get one. */
                get(key: string): T;
                get(key: number): T;
                {plain}
            }}
            """
        }
    ).documents()
    text = documents["invented/Store"].text
    assert text.startswith("# invented: Store\n\n```ts\nclass Store<T> extends Base<T> {\n    plain0(): void;\n")
    assert "## Store.get\n\n```ts\nget(key: string): T\nget(key: number): T\n```\n\nGet one." in text
    assert not any(word in text for word in ("secret", "hidden", "_internal", "inner"))
    assert list(documents) == ["invented/Store"]


def test_members_of_a_base_without_a_public_name_are_those_of_the_class(package):
    text = package.reference("""
        interface _Text<T> extends Public<T> { min(length: number): this; kind: 1 }
        export interface Public<T> { shared: T }
        export interface Text extends _Text<string> { kind: 2 }
    """)
    assert "interface Text extends _Text<string> {\n    kind: 2;\n    min(length: number): this;\n}" in text


def test_names_that_are_not_for_users_are_left_out(package):
    text = package.reference("""
        export declare const shown: 1;
        export declare const _hidden: 1;
        /** @internal */
        export declare const inner: 1;
        declare const local: 1;
    """)
    assert text == "# invented\n\n## shown\n\n```ts\nconst shown: 1\n```\n"


def test_long_types_without_a_comment_are_counted(package):
    long = " | ".join(f"'{number:020}'" for number in range(100))
    package.write({"index.d.ts": f"export type Long = {long}; export declare const a: 1;"})
    assert "Long" not in package.documents()["invented"].text
    assert package.skipped() == {"invented": "1 types without a comment, each of more than 1,200 characters"}


def test_examples_keep_their_code_and_headings_become_bold(package):
    text = package.reference("""
        /**
         * # Title
         *
         * @example Two of them
         * ```tsx
         * // @ts-expect-error
         * @decorator
         * <App />
         * ```
         * @defaultValue 5
         * @public
         */
        export declare const a: number;
    """)
    assert (
        "**Title**\n\nDefault: `5`\n\n**Example**\n\nTwo of them\n```tsx\n// @ts-expect-error\n@decorator\n<App />\n```"
        in text
    )
    assert "public" not in text
