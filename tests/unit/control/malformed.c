#include "malformed.h"

#include "base/error.h"

#define LINE(bytes) bytes, sizeof(bytes) - 1
#define ASK(rest)   LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\"" rest "}")
#define TEN(text)   text text text text text text text text text text
#define DEEP(a, b)  TEN(TEN(a)) TEN(TEN(b))
#define TOO_LONG    TEN(TEN("0123456789")) "0123456789012345678901234" /* 1025 bytes */

const struct malformed malformed[] = {
    /* no JSON */
    {LINE(""), CF_USAGE, false},
    {LINE(" "), CF_USAGE, false},
    {LINE("\r"), CF_USAGE, false},
    {LINE("\0"), CF_USAGE, false},
    {LINE("\0\0\0\0"), CF_USAGE, false},
    {LINE("hello"), CF_USAGE, false},
    {LINE("GET / HTTP/1.1\r"), CF_USAGE, false},
    {LINE("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), CF_USAGE, false},
    {LINE("\x7f"
          "ELF\x02\x01\x01\x00"),
     CF_USAGE, false},
    {LINE("\xff\xfe\xfd"), CF_USAGE, false},
    {LINE("\xef\xbb\xbf{}"), CF_USAGE, false},
    {LINE("{"), CF_USAGE, false},
    {LINE("}"), CF_USAGE, false},
    {LINE("{\"curfew\""), CF_USAGE, false},
    {LINE("{\"curfew\":"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\""), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\\\"}"), CF_USAGE, false},
    {LINE("{'curfew':1,'id':7,'do':'echo'}"), CF_USAGE, false},
    {LINE("{curfew:1,id:7,do:\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\",}"), CF_USAGE, false},
    {LINE("{\"curfew\":1 \"id\":7,\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\"} x"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\"}{\"curfew\":1,\"id\":8,\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\"},"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\"}\0"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\0\"id\":7,\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"curfew\":1,\"id\":7,\"do\":\"echo\"}"), CF_USAGE, false},
    {ASK(",\"text\":\"a\",\"text\":\"b\""), CF_USAGE, false},
    {ASK(",\"text\":\"a\0b\""), CF_USAGE, false},
    {ASK(",\"text\":\"a\\u0000b\""), CF_USAGE, false},
    {ASK(",\"a\\u0000b\":\"a\""), CF_USAGE, false},
    {ASK(",\"text\":\"a\tb\""), CF_USAGE, false},
    {ASK(",\"text\":\"a\x1b[2Jb\""), CF_USAGE, false},
    {ASK(",\"text\":\"\\x\""), CF_USAGE, false},
    {ASK(",\"text\":\"\\ud800\""), CF_USAGE, false},
    {ASK(",\"text\":\"\\udc00\\ud800\""), CF_USAGE, false},
    {ASK(",\"text\":\"\xff\""), CF_USAGE, false},
    {ASK(",\"text\":\"\xc0\x80\""), CF_USAGE, false},
    {ASK(",\"text\":\"\xed\xa0\x80\""), CF_USAGE, false},
    {ASK(",\"text\":\"\xf5\x80\x80\x80\""), CF_USAGE, false},
    {ASK(",\"text\":\"\xe2\x82\""), CF_USAGE, false},
    {ASK(",\"\xff\":\"a\""), CF_USAGE, false},
    {ASK(",\"text\":NaN"), CF_USAGE, false},
    {ASK(",\"text\":1e999"), CF_USAGE, false},
    {ASK(",\"text\":99999999999999999999999"), CF_USAGE, false},
    {ASK(",\"text\":01"), CF_USAGE, false},
    /* no object */
    {LINE("1"), CF_USAGE, false},
    {LINE("null"), CF_USAGE, false},
    {LINE("true"), CF_USAGE, false},
    {LINE("\"echo\""), CF_USAGE, false},
    {LINE("[]"), CF_USAGE, false},
    {LINE("[{\"curfew\":1,\"id\":7,\"do\":\"echo\"}]"), CF_USAGE, false},
    /* too deep */
    {LINE("[[[[[]]]]]"), CF_USAGE, false},
    {LINE("{{{{{{"), CF_USAGE, false},
    {LINE(DEEP("[", "]")), CF_USAGE, false},
    {LINE(DEEP("{\"a\":", "}")), CF_USAGE, false},
    {ASK(",\"text\":[[[[\"a\"]]]]"), CF_USAGE, false},
    /* the version */
    {LINE("{}"), CF_USAGE, false},
    {LINE("{\"id\":7,\"do\":\"echo\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":\"1\",\"id\":7,\"do\":\"echo\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":1.0,\"id\":7,\"do\":\"echo\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":null,\"id\":7,\"do\":\"echo\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":0,\"id\":7,\"do\":\"echo\"}"), CF_UNSUPPORTED, true},
    {LINE("{\"curfew\":2,\"id\":7,\"do\":\"echo\"}"), CF_UNSUPPORTED, true},
    {LINE("{\"curfew\":-1,\"id\":7,\"do\":\"echo\"}"), CF_UNSUPPORTED, true},
    {LINE("{\"curfew\":2,\"id\":7,\"anything\":[1,{}]}"), CF_UNSUPPORTED, true},
    {LINE("{\"curfew\":2}"), CF_UNSUPPORTED, false},
    /* the id */
    {LINE("{\"curfew\":1,\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":-7,\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":\"7\",\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":7.0,\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":null,\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":[7],\"do\":\"echo\"}"), CF_USAGE, false},
    {LINE("{\"curfew\":1,\"id\":9223372036854775808,\"do\":\"echo\"}"), CF_USAGE, false},
    /* what is to be done */
    {LINE("{\"curfew\":1,\"id\":7}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":null}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":1}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":[\"echo\"]}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":{\"echo\":1}}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"0123456789012345678901234567890123456789\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo\",\"Do\":1}"), CF_USAGE, true},
    /* the other words */
    {ASK(",\"text\":1"), CF_USAGE, true},
    {ASK(",\"text\":null"), CF_USAGE, true},
    {ASK(",\"text\":true"), CF_USAGE, true},
    {ASK(",\"text\":[\"a\"]"), CF_USAGE, true},
    {ASK(",\"text\":{\"a\":\"b\"}"), CF_USAGE, true},
    {ASK(",\"text\":\"" TOO_LONG "\""), CF_USAGE, true},
};

const size_t malformed_count = sizeof malformed / sizeof *malformed;

const struct malformed strange[] = {
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"ECHO\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"echo \"}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"shutdown\"}"), CF_USAGE, true},
    {LINE("{\"curfew\":1,\"id\":7,\"do\":\"\xe2\x80\xae\"}"), CF_USAGE, true},
    {ASK(",\"txt\":\"a\""), CF_USAGE, true},
    {ASK(",\"\":\"a\""), CF_USAGE, true},
    {ASK(",\"Text\":\"a\""), CF_USAGE, true},
    {ASK(",\"" TOO_LONG "\":\"a\""), CF_USAGE, true},
};
const size_t strange_count = sizeof strange / sizeof *strange;
