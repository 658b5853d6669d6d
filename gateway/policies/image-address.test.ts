import { expect, test } from "vitest";
import { checkImageAddress } from "./image-address.ts";

const hosts = new Set(["img.example.com", "10.0.0.7:9000"]);

test.each([
  "data:image/png;base64,AA==",
  "https://img.example.com/a.png?b=c",
  "http://img.example.com",
  "http://10.0.0.7:9000/x",
  "HTTPS://IMG.example.com/a",
  "https://img.example.com/a@2x.png",
])("%s is taken", (url) => {
  expect(() => checkImageAddress({ url }, "p", hosts)).not.toThrow();
  expect(() => checkImageAddress(url, "p", hosts)).not.toThrow();
});

test.each([
  "https://169.254.169.254/latest",
  "https://evil.example/img.example.com",
  "https://img.example.com.evil.example/",
  "https://img.example.com@evil.example/",
  "https://user:pass@img.example.com/",
  "https://img.example.com:8443/",
  "https://evil.example\\@img.example.com/",
  "https:\\\\img.example.com/",
  "https:/img.example.com/",
  "https://img.example.com\t/",
  " https://img.example.com/",
  "http://10.0.0.7/",
  "http://167772167:9000/",
  "ftp://img.example.com/",
  "file:///etc/passwd",
  "//img.example.com/a",
  "https://@img.example.com/",
])("%j is refused", (url) => {
  expect(() => checkImageAddress({ url }, "p", hosts)).toThrow(expect.objectContaining({ code: "unsupported_image_url", param: "p" }));
});

test("where no host is listed only data is taken", () => {
  expect(() => checkImageAddress({ url: "https://img.example.com/" }, "p", new Set())).toThrow(/data: URL/);
  expect(() => checkImageAddress({ url: 1 }, "p", hosts)).toThrow(expect.objectContaining({ code: "invalid_type" }));
});
