import { driverContract } from "../contract.ts";
import { createLocalPlace } from "./place.fixture.ts";

driverContract("local", createLocalPlace);
