package io.interlinkgateway.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/// The text of server-sent events. Fields are written in the order in which they are added. Not thread-safe.
public final class EventText {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);

    private final JsonMapper json;
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// @param json writes data, without line breaks
    public EventText(JsonMapper json) {
        this.json = json;
    }

    /// @return a comment, which clients ignore
    public static byte[] heartbeat() {
        return ": alive\n\n".getBytes(StandardCharsets.UTF_8);
    }

    /// @param id the stream's position, one line
    /// @return an id without data: not an event, but clients remember the id
    /// @throws IllegalArgumentException if it contains a line break
    public static byte[] heartbeat(String id) {
        return ("id: " + oneLine(id) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /// @param type the type of the event, one line
    /// @return this text
    /// @throws IllegalArgumentException if it contains a line break
    public EventText event(String type) {
        return field("event: ", type);
    }

    /// @param id the position after the event, which a client sends when it reconnects, one line
    /// @return this text
    /// @throws IllegalArgumentException if it contains a line break
    public EventText id(String id) {
        return field("id: ", id);
    }

    /// @param body written as JSON, in which a line break is an escape sequence
    /// @return this text
    public EventText data(Object body) {
        bytes.writeBytes(DATA);
        bytes.writeBytes(json.writeValueAsBytes(body));
        bytes.write('\n');
        return this;
    }

    /// Ends an event.
    ///
    /// @return this text
    public EventText end() {
        bytes.write('\n');
        return this;
    }

    /// @return the text so far
    public byte[] toBytes() {
        return bytes.toByteArray();
    }

    /// Writes the text to a client, and removes it from here.
    ///
    /// @param client the response's body
    /// @throws IOException if the client disconnected
    public void moveTo(OutputStream client) throws IOException {
        if (bytes.size() > 0) {
            bytes.writeTo(client);
            // A new one, because thousands of streams wait, and each would keep the size of its
            // largest burst.
            bytes = new ByteArrayOutputStream();
        }
    }

    private EventText field(String name, String value) {
        bytes.writeBytes((name + oneLine(value) + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    private static String oneLine(String value) {
        if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("A field of an event must be one line.");
        }
        return value;
    }
}
